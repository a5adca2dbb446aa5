"""Money: exact decimals, never floats."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_CENT = Decimal("0.01")


def parse_money(text: str) -> Decimal:
    """Return an amount with two decimals. Raises ValueError when the text is not one."""
    try:
        amount = Decimal(text.strip().replace(",", "").replace("，", ""))
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not an amount of money") from error
    if not amount.is_finite() or amount != amount.quantize(_CENT):
        raise ValueError(f"{text!r} is not an amount of money")
    return amount.quantize(_CENT)


def rounded(amount: Decimal) -> Decimal:
    """Return the amount rounded half up to two decimals."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


def grouped(amount: Decimal) -> str:
    """Return ``12,345.60``; numbers below 10,000 are not grouped."""
    text = f"{amount:,.2f}"
    return text if abs(amount) >= 10_000 else text.replace(",", "")
