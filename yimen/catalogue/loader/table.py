"""TOML tables that note what is wrong with them, with the line and the remedy.

The file is long because each kind of value has its getter here, with its own sentences.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from yimen.base.expression import Expression, ExpressionError, parse
from yimen.base.text import Text
from yimen.catalogue.definition import Place, Sourced
from yimen.catalogue.loader.positions import Path, Positions
from yimen.catalogue.loader.reading import Reading, did_you_mean, listed

CODE = re.compile(r"[a-z][a-z0-9-]{0,62}")
LARGEST_INTEGER = 2_000_000_000
WORD = re.compile(r"[a-z][a-z0-9_]{0,47}")

E = TypeVar("E", bound=StrEnum)
Raw = dict[str, object]


@lru_cache(maxsize=20_000)
def _parsed(source: str) -> Expression | ExpressionError:
    try:
        return parse(source)
    except ExpressionError as error:
        return error


def _kind_of(value: object) -> str:
    """Say in words what a TOML value is."""
    names: tuple[tuple[type, str], ...] = (
        (bool, "true or false"), (str, "text"), (int, "a number"), (float, "a number"),
        (datetime, "a time"), (date, "a date"), (list, "a list"), (dict, "a table"),
    )  # fmt: skip
    return next((name for kind, name in names if isinstance(value, kind)), "something else")


class Table:
    """One TOML table being read.

    Every getter notes a problem where the value is not as wanted and returns a harmless value,
    so that one pass finds every error. `end` reports the keys that nobody asked for.
    """

    __slots__ = ("_asked", "_positions", "_raw", "_siblings", "file", "path", "reading")

    def __init__(
        self,
        reading: Reading,
        file: str,
        positions: Positions,
        path: Path,
        raw: Raw,
        siblings: int = 0,
    ) -> None:
        self._siblings = siblings  # in an array of tables: how many there are
        self.reading = reading
        self.file = file
        self.path = path
        self._positions = positions
        self._raw = raw
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._raw

    def place(self) -> Place:
        """Return where the table begins."""
        path = self.path
        if not path:
            line = 1
        elif len(path) == 2 and self._siblings:
            line = self._positions.header_line(str(path[0]), int(path[1]), self._siblings)
        else:
            line = self._positions.line(path)
        return self.reading.place(self.file, line)

    def line(self, *keys: str | int) -> int:
        """Return the line of the table, or of one of its keys."""
        return self._positions.line((*self.path, *keys))

    def report(self, sentence: str, *keys: str | int) -> None:
        """Note a problem with a key, or with the table itself."""
        self.reading.report(self.file, self.line(*keys), sentence)

    def written(self, key: str) -> str:
        """Return a text as it stands, or "" where it is none; nothing is reported."""
        value = self._raw.get(key)
        return value if isinstance(value, str) else ""

    def end(self) -> None:
        """Report every key that has no meaning here."""
        for key in self._raw.keys() - self._asked:
            hint = did_you_mean(key, self._asked - self._raw.keys() or self._asked)
            known = hint or f"; the keys here are {listed(sorted(self._asked))}"
            self.report(f"unknown key '{key}'{known}", key)

    def _take(self, key: str, wanted: str, required: bool) -> object:
        """Return the raw value of a key, or None after reporting that a required one is missing."""
        self._asked.add(key)
        value = self._raw.get(key)
        if value is None and required:
            self.report(f"'{key}' is missing; it must be {wanted}")
        return value

    def _wrong(self, key: str, wanted: str, value: object) -> None:
        self.report(f"'{key}' must be {wanted}, not {_kind_of(value)}", key)

    def string(
        self,
        key: str,
        default: str | None = None,
        *,
        pattern: re.Pattern[str] | None = None,
        wanted: str = 'text in quotes, such as "..."',
    ) -> str:
        """Return a text in one language-less string. Without a default the key is required."""
        value = self._take(key, wanted, default is None)
        if value is None:
            return default or ""
        if not isinstance(value, str):
            self._wrong(key, wanted, value)
            return ""
        if not value.strip():
            self.report(f"'{key}' is empty; it must be {wanted}", key)
        elif pattern is not None and not pattern.fullmatch(value):
            self.report(f"'{key}' is '{value}'; it must be {wanted}", key)
            return ""
        return value

    def code(self, key: str, default: str | None = None) -> str:
        """Return a code such as ``civil-affairs``."""
        return self.string(
            key,
            default,
            pattern=CODE,
            wanted="small letters, digits and '-', such as 'joint-review'",
        )

    def word(self, key: str, default: str | None = None) -> str:
        """Return a word of the expression language such as ``months_paid``."""
        return self.string(
            key,
            default,
            pattern=WORD,
            wanted="small letters, digits and '_', such as 'months_paid'",
        )

    def reference(
        self, key: str, known: Collection[str] | None, what: str, default: str | None = None
    ) -> str:
        """Return the code of a declared thing; ``known`` None takes any code."""
        value = self.string(key, default, wanted=f"the code of {what}")
        if value and key in self._raw:
            self.check_reference(value, known, what, key)
        return value

    def check_reference(
        self, value: str, known: Collection[str] | None, what: str, *keys: str | int
    ) -> None:
        """Report a code that is not declared."""
        if known is not None and value not in known:
            bare = re.sub("^an? ", "", what)
            self.report(f"{bare} '{value}' is not declared{did_you_mean(value, known)}", *keys)

    def integer(
        self, key: str, default: int | None = None, *, low: int = 0, high: int = LARGEST_INTEGER
    ) -> int:
        """Return a whole number within bounds."""
        self._asked.add(key)
        value = self._raw.get(key)
        if value is None and default is not None:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        wanted = f"a whole number, {low} or more" + (
            f", at most {high}" if high < LARGEST_INTEGER else ""
        )
        if value is None:
            self.report(f"'{key}' is missing; it must be {wanted}")
        elif not isinstance(value, int) or isinstance(value, bool):
            self._wrong(key, wanted, value)
        else:
            self.report(f"'{key}' is {value}; it must be {wanted}", key)
        return low

    def boolean(self, key: str, default: bool | None = None) -> bool:
        """Return true or false."""
        value = self._take(key, "true or false", default is None)
        if value is None:
            return bool(default)
        if not isinstance(value, bool):
            self._wrong(key, "true or false", value)
        return bool(value)

    def decimal(self, key: str, *, required: bool = False) -> Decimal | None:
        """Return an exact number, written as a number or, for money, as text ("290.00")."""
        wanted = 'a number, such as 5 or "290.00"'
        value = self._take(key, wanted, required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            self._wrong(key, wanted, value)
            return None
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number.adjusted()) > 20:
            self.report(f"'{key}' is '{value}'; it must be {wanted}", key)
            return None
        return number

    def amount(self, key: str) -> Decimal:
        """Return an amount of money, zero or more, with at most two decimals."""
        number = self.decimal(key, required=True)
        if number is None:
            return Decimal(0)
        if number < 0:
            self.report(f"'{key}' is {number}; an amount cannot be below zero", key)
        elif number != number.quantize(Decimal("0.01")):
            self.report(f"'{key}' is {number}; an amount has at most two decimals", key)
        return number.quantize(Decimal("0.01"))

    def day(self, key: str, *, required: bool = False) -> date | None:
        """Return a calendar day."""
        wanted = "a date without quotes, such as 2004-07-01"
        value = self._take(key, wanted, required)
        if value is None:
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            self._wrong(key, wanted, value)
            return None
        return value

    def choice(self, key: str, words: type[E], default: E | None = None) -> E:
        """Return one of a closed list of words."""
        self._asked.add(key)
        value = self._raw.get(key)
        fallback = default or next(iter(words))
        if value is not None:
            return self._one_of(value, words, key) or fallback
        if default is None:
            self.report(f"'{key}' is missing; it must be one of {listed(words)}")
        return fallback

    def choices(self, key: str, words: type[E]) -> tuple[E, ...]:
        """Return a list of words of a closed list: at least one, none twice."""
        values = self._list(key, "a list of words", True)
        found = (self._one_of(value, words, key, index) for index, value in enumerate(values))
        return tuple(word for word in found if word is not None)

    def _one_of(self, value: object, words: type[E], *keys: str | int) -> E | None:
        if isinstance(value, str):
            try:
                return words(value)
            except ValueError:
                told = f"is '{value}'; it"
        else:
            told = f"is {_kind_of(value)}; it"
        hint = did_you_mean(str(value), words)
        self.report(f"'{keys[0]}' {told} must be one of {listed(words)}{hint}", *keys)
        return None

    def _list(self, key: str, wanted: str, required: bool) -> list[object]:
        value = self._take(key, wanted, required)
        if value is None:
            return []
        if not isinstance(value, list):
            self._wrong(key, wanted, value)
            return []
        if required and not value:
            self.report(f"'{key}' is empty; it must be {wanted}", key)
        for index, item in enumerate(value):
            if isinstance(item, str) and item in value[:index]:
                self.report(f"'{item}' stands twice in '{key}'; remove one", key, index)
        return value

    def strings(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Return a list of texts, none twice."""
        wanted = 'a list of texts, such as ["..."]'
        if default is not None and key not in self._raw:
            self._asked.add(key)
            return default
        values = self._list(key, wanted, default is None)
        for index, value in enumerate(values):
            if not isinstance(value, str) or not value:
                self.report(f"'{key}' must be {wanted}", key, index)
        return tuple(value for value in values if isinstance(value, str) and value)

    def references(self, key: str, known: Collection[str] | None, what: str) -> tuple[str, ...]:
        """Return a list of codes of declared things; may be empty or left out."""
        values = self.strings(key, ())
        for index, value in enumerate(values):
            self.check_reference(value, known, what, key, index)
        return values

    def table(self, key: str, wanted: str = "a table", *, required: bool = False) -> "Table | None":
        """Return the table below a key."""
        value = self._take(key, wanted, required)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._wrong(key, wanted, value)
            return None
        return Table(self.reading, self.file, self._positions, (*self.path, key), value)

    def tables(self, key: str) -> "list[Table]":
        """Return the tables of an array of tables; may be left out."""
        value = self._take(key, "", False)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self._wrong(key, f"written as [[{key}]]", value)
            return []
        return [
            Table(
                self.reading, self.file, self._positions, (*self.path, key, index), item, len(value)
            )
            for index, item in enumerate(value)
        ]

    def items(self) -> Iterable[tuple[str, object]]:
        """Return every key with its raw value; all count as asked for."""
        self._asked.update(self._raw)
        return self._raw.items()

    def text(self, key: str, *, required: bool = True) -> Text:
        """Return a text in exactly the city's languages."""
        self._asked.add(key)
        value = self._raw.get(key)
        if isinstance(value, dict):
            return self._text_of(value, key)
        if value is not None:
            self._wrong(key, self.reading.wanted_text(), value)
        elif required:
            self._take(key, self.reading.wanted_text(), True)
        return Text()

    def _text_of(self, value: Mapping[str, object], *keys: str | int) -> Text:
        languages = self.reading.languages or tuple(value)
        texts: list[tuple[str, str]] = []
        for language in languages:
            written = value.get(language)
            if isinstance(written, str) and written and not written.isspace():
                texts.append((language, written))
                continue
            label = f"'{keys[0]}' " if keys else ""
            problem = "is missing" if written is None else "must be a text that is not empty"
            self.report(f"{label}in the language '{language}' {problem}", *keys)
        for language in value.keys() - languages if len(value) > len(texts) else ():
            self.report(
                f"'{language}' is not a language of this city; it has {listed(languages)}",
                *keys, language,
            )  # fmt: skip
        return Text(tuple(texts))

    def own_text(self, *others: str) -> Text:
        """Return the text that the table itself is, beside some other keys."""
        self._asked.update(self.reading.languages or self._raw)
        return self._text_of({k: v for k, v in self._raw.items() if k not in others})

    def sourced(self) -> Sourced:
        """Return the table as a text with its source."""
        source = self.string("source", "")
        says = self.own_text("source")
        return Sourced(says, source)

    def expression(
        self, key: str, check: "Callable[[Expression], None]", *, required: bool = False
    ) -> Expression | None:
        """Return a checked expression. ``check`` raises ExpressionError for unknown words."""
        source = self.string(key, None if required else "", wanted="an expression in quotes")
        if not source:
            return None
        parsed = _parsed(source)
        try:
            if isinstance(parsed, ExpressionError):
                raise parsed
            check(parsed)
        except ExpressionError as error:
            self.report(f"'{key}': {error.sentence}", key)
            return None
        return parsed


def unique(tables: Iterable[Table], key: str) -> None:
    """Report the second and later tables that carry the same code."""
    seen: dict[str, Table] = {}
    for table in tables:
        code = table.written(key)
        first = seen.setdefault(code, table) if code else table
        if first is not table:
            line = first.line(key)
            table.report(f"{key} '{code}' is declared twice, first in line {line}", key)


def root_table(reading: Reading, path: str) -> Table | None:
    """Return the root table of a TOML file, or None after reporting its syntax error."""
    parsed = reading.toml(path)
    return Table(reading, path, parsed[1], (), parsed[0]) if parsed else None
