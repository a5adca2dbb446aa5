"""Identifiers: UUIDv7, id numbers, credit codes, the numbers of receipts and of error pages."""

import re
import secrets
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7

_FULL_WIDTH = str.maketrans(
    "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff38\uff58", "0123456789Xx"
)
_ID_WEIGHTS = tuple(pow(2, 17 - i, 11) for i in range(17))
_ID_CHECKS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_RECEIPT_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"


def uuid7() -> UUID:
    """Return a new UUIDv7 (RFC 9562): sorts by time, so that inserts stay at one end of an index."""
    return _uuid7()


@dataclass(frozen=True, slots=True)
class IdNumberFacts:
    """What an id number says of its holder (GB 11643-1999, section 4)."""

    number: str  # always 18 characters
    division: str
    born: date
    sex: str  # "male" or "female"


def id_check_digit(first_17: str) -> str:
    """Return the 18th character of an id number (ISO 7064 MOD 11-2, GB 11643-1999 section 4.2.4)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11]


def normal_id_number(text: str) -> str:
    """Return the number with blanks removed, digits narrow and X upper; 15 digits become 18.

    A number of 15 digits was given before 1999-10-01 and means a birth year of 19xx.
    """
    number = re.sub(r"[\s\u3000-]", "", text).translate(_FULL_WIDTH).upper()
    if re.fullmatch(r"[0-9]{15}", number):
        longer = f"{number[:6]}19{number[6:]}"
        return longer + id_check_digit(longer)
    return number


def id_number_facts(text: str) -> IdNumberFacts | None:
    """Return what a valid id number says, or None when it is not one.

    Checked: length, the check digit, and that the birth date is a day of the calendar.
    """
    number = normal_id_number(text)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number) or id_check_digit(number[:17]) != number[17]:
        return None
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    sex = "male" if int(number[16]) % 2 else "female"
    return IdNumberFacts(number, number[:6], born, sex)


def check_id_number(text: str) -> bool:
    """Say whether this is a well-formed id number with the right check digit (GB 11643)."""
    return id_number_facts(text) is not None


def mask_id_number(number: str) -> str:
    """Return ``310101********1234``; shorter documents keep their last two characters."""
    if len(number) == 18:
        return f"{number[:6]}********{number[-4:]}"
    return "*" * max(len(number) - 2, 0) + number[-2:]


def credit_code_check(first_17: str) -> str:
    """Return the 18th character of a unified social credit code (GB 32100-2015, section 4)."""
    total = sum(
        _CREDIT_ALPHABET.index(character) * weight
        for character, weight in zip(first_17, _CREDIT_WEIGHTS, strict=True)
    )
    return _CREDIT_ALPHABET[(31 - total % 31) % 31]


def check_credit_code(text: str) -> bool:
    """Say whether this is a unified social credit code with the right check (GB 32100-2015)."""
    code = text.strip().upper()
    if len(code) != 18 or any(character not in _CREDIT_ALPHABET for character in code):
        return False
    return credit_code_check(code[:17]) == code[17]


def _receipt_check(body: str) -> str:
    """Return a check character that finds every single error and swap of neighbours (mod 31)."""
    total = 0
    for character in body:
        total = (total * 3 + _RECEIPT_ALPHABET.index(character)) % 31
    return _RECEIPT_ALPHABET[total]


def receipt_number(day: date) -> str:
    """Return a new receipt number: ``YYMMDD-XXXX-XXXC``.

    34 random bits, so that numbers cannot be guessed from one another, and a check character, so
    that a slip of the pen is noticed. No I, L, O, U, Z: they look like 1, 0, V and 2.
    """
    stamp = day.strftime("%y%m%d")
    random_part = "".join(secrets.choice(_RECEIPT_ALPHABET) for _ in range(7))
    body = stamp + random_part
    return f"{stamp}-{random_part[:4]}-{random_part[4:]}{_receipt_check(body)}"


def normal_receipt_number(text: str) -> str | None:
    """Return a typed receipt number in its normal form, or None when its check does not hold."""
    plain = _plain(text)
    if len(plain) != 14 or not _holds(plain):
        return None
    return f"{plain[:6]}-{plain[6:10]}-{plain[10:]}"


def error_number() -> str:
    """Return a new number for an error page: ``XXXX-XXXC``, to be read out on the telephone.

    Random, so that a number says nothing of how many there were; the check character is that of a
    receipt.
    """
    body = "".join(secrets.choice(_RECEIPT_ALPHABET) for _ in range(7))
    return f"{body[:4]}-{body[4:]}{_receipt_check(body)}"


def normal_error_number(text: str) -> str | None:
    """Return a typed number of an error page in its normal form, or None when it cannot be one."""
    plain = _plain(text)
    if len(plain) != 8 or not _holds(plain):
        return None
    return f"{plain[:4]}-{plain[4:]}"


def _plain(text: str) -> str:
    plain = re.sub(r"[\s\u3000-]", "", text).translate(_FULL_WIDTH).upper()
    return plain.replace("O", "0").replace("I", "1").replace("L", "1")


def _holds(plain: str) -> bool:
    known = all(character in _RECEIPT_ALPHABET for character in plain)
    return known and _receipt_check(plain[:-1]) == plain[-1]
