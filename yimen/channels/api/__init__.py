"""The machine's door, described by OpenAPI."""
