"""The pages of one's own account: sign-in, tying it to oneself, who read my data."""
