"""A bank to practise on: an HTTP service with a truth of its own, and faults to switch on."""
