"""Payments by file (ISO 20022), for a bank that takes no requests: what we ordered, what was written, what came back."""
