"""A built site made ready for its hosts."""
