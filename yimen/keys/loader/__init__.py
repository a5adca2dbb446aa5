"""Keys read from their folder: today files, one day a security module."""
