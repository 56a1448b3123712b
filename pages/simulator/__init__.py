"""Two phones in the browser, for development: every message goes over the real channel edge."""
