"""What a customer does about their passkeys and authenticators, on a page that a one-time link opens."""
