"""Money: exact decimals, never floats."""

from decimal import Decimal


def grouped(amount: Decimal) -> str:
    """Return ``12,345.60``; numbers below 10,000 are not grouped."""
    text = f"{amount:,.2f}"
    return text if abs(amount) >= 10_000 else text.replace(",", "")
