"""Pages of the portal that editors write: home and articles."""
