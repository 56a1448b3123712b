"""Stand-in Twilio and Telegram for development and tests: real clients talk to them, real webhooks come from them."""
