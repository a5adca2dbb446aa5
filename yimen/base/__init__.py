"""What every app may use: clock, money, text by language, identifiers, Actor. No Django."""
