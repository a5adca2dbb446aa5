"""The PostgreSQL that `yimen` brings along, starts and stops by itself."""
