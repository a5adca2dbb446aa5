"""Sign-in, staff and their posts, roles, delegation."""
