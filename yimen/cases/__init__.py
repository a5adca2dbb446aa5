"""Drafts, applications, and the cases they become."""
