"""The support desk: agents take hand-offs, answer customers and decide claims."""
