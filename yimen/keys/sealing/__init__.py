"""The city's own certificate authority, and what its seals put into a PDF."""
