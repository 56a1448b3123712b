"""Files between the insurer and its bank, in ISO 20022: pain.001 written, pain.002 and camt.054 read. Pure."""
