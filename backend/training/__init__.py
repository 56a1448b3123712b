"""What the trainers of the language model work with: what was not understood, labels, and how models compare."""
