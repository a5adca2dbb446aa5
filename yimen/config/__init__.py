"""Settings, addresses, the yimen command and the wiring."""
