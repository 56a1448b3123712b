"""What the pages of every audience share: templates, languages, security headers, static files."""
