"""The public edge: what customers write comes in here, verified, and what we say goes out."""
