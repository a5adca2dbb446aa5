"""The append-only, sealed record of everything that happened, and the stored documents."""
