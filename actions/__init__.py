"""What the assistant says and asks. Conversation only: every fact and every permission comes from the backend."""
