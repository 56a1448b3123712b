"""Word from an insurer's providers about a customer's phone number: it has got a new SIM."""
