"""Where every key of a TOML text stands, which no TOML parser says.

The index is made for a text that the parser has accepted, so it scans loosely: it only has to find
where statements and values begin. Lines are 1-based.
"""

import re
from bisect import bisect_right

import tomli

Path = tuple[str | int, ...]

_BARE_OR_QUOTED = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_KEYS = rf"{_BARE_OR_QUOTED}(?:[ \t]*\.[ \t]*{_BARE_OR_QUOTED})*"
_GAP = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_KEY = re.compile(_BARE_OR_QUOTED)
_STATEMENT = re.compile(
    rf"(?P<open>\[\[?)[ \t]*(?P<table>{_KEYS})[ \t]*\]\]?|(?P<keys>{_KEYS})[ \t]*=[ \t]*"
)
_FLAT = r"""(?:[^"'\[\]{}\n#]|"(?!"")(?:[^"\\\n]|\\.)*"|'(?!'')[^'\n]*')*"""
# A value that ends on its own line, whatever it holds: nothing below it can stand elsewhere.
_ONE_LINE = re.compile(
    rf"(?:\{{{_FLAT}\}}|\[{_FLAT}\]|"
    r""""(?!"")(?:[^"\\\n]|\\.)*"|'(?!'')[^'\n]*'|[^"'\[{\n#][^\n#]*)[ \t\r]*(?:#[^\n]*)?(?:\n|\Z)"""
)
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})|' + r"'''.*?'''(?:'{0,2})|"
    r""""(?:[^"\\\n]|\\.)*"|'[^'\n]*'""",
    re.DOTALL,
)
_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*([A-Za-z0-9_-]+)[ \t]*\]\]", re.MULTILINE)
_SCALAR = re.compile(r"[^,\]}\n#]+")


class Positions:
    """The lines of the keys of one TOML text. The text is scanned when a line is first wanted."""

    __slots__ = ("_headers", "_lines", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: dict[Path, int] | None = None
        self._headers: dict[str, list[int]] | None = None

    def line(self, path: Path) -> int:
        """Return the line of this key, or of the nearest key around it."""
        lines = self.lines()
        while path:
            line = lines.get(path)
            if line is not None:
                return line
            path = path[:-1]
        return 1

    def lines(self) -> dict[Path, int]:
        """Return the line of every key."""
        if self._lines is None:
            self._lines = _Scan(self._text).lines
        return self._lines

    def header_line(self, key: str, index: int, count: int) -> int:
        """Return the line of the ``index``-th ``[[key]]`` of ``count``.

        Where the headers can be told at sight, the text is not scanned: every declaration knows
        its line, and most folders have thousands of declarations and no error.
        """
        if self._headers is None:
            self._headers = _headers_at_sight(self._text)
        found = self._headers.get(key, ())
        return found[index] if len(found) == count else self.line((key, index))


def _headers_at_sight(text: str) -> dict[str, list[int]]:
    """Return the lines that begin with ``[[key]]``; none where a string may span lines."""
    lines: dict[str, list[int]] = {}
    if '"""' in text or "'''" in text:
        return lines
    at, line = 0, 1
    for header in _HEADER.finditer(text):
        line += text.count("\n", at, header.start())
        at = header.start()
        lines.setdefault(header[1], []).append(line)
    return lines


class _Scan:
    """One pass over a text: statements, and inside values that span lines also their parts."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines: dict[Path, int] = {}
        self._starts = [0, *(m.end() for m in re.finditer("\n", text))]
        self._last: dict[Path, int] = {}  # arrays of tables: the index of the newest table
        self._statements()

    def _line_at(self, position: int) -> int:
        return bisect_right(self._starts, position)

    def _note(self, path: Path, position: int) -> None:
        if path not in self.lines:
            self.lines[path] = self._line_at(position)

    def _statements(self) -> None:
        text, position = self.text, 0
        around: Path = ()
        while True:
            position = _end(_GAP, text, position)
            statement = _STATEMENT.match(text, position)
            if statement is None:
                return
            if statement["open"]:
                around = self._header(statement)
                position = statement.end()
                continue
            path = self._noted_keys(around, statement["keys"], position)
            position = statement.end()
            whole = _ONE_LINE.match(text, position)
            position = whole.end() if whole else self._value(path, position)

    def _header(self, statement: re.Match[str]) -> Path:
        """Note a table's header; return the path of the table it opens."""
        keys = _split(statement["table"])
        path: Path = ()
        for key in keys[:-1]:
            path = self._newest((*path, key))
            self._note(path, statement.start())
        path = (*path, keys[-1])
        self._note(path, statement.start())
        if statement["open"] == "[[":
            self._last[path] = self._last.get(path, -1) + 1
            path = self._newest(path)
            self._note(path, statement.start())
        return path

    def _newest(self, path: Path) -> Path:
        return (*path, self._last[path]) if path in self._last else path

    def _noted_keys(self, around: Path, keys: str, position: int) -> Path:
        path = around
        for key in _split(keys):
            path = (*path, key)
            self._note(path, position)
        return path

    def _value(self, path: Path, position: int) -> int:
        """Note the parts of the value that begins here; return where it ends."""
        opening = self.text[position : position + 1]
        if opening == "[":
            return self._array(path, position + 1)
        if opening == "{":
            return self._inline_table(path, position + 1)
        if opening in ('"', "'"):
            return _end(_STRING, self.text, position)
        return _end(_SCALAR, self.text, position)

    def _array(self, path: Path, position: int) -> int:
        index = 0
        while True:
            position = self._past_commas(position)
            if self.text[position : position + 1] in ("]", ""):
                return position + 1
            self._note((*path, index), position)
            end = self._value((*path, index), position)
            if end == position:  # cannot happen in a text that was accepted
                return len(self.text)
            position, index = end, index + 1

    def _inline_table(self, path: Path, position: int) -> int:
        while True:
            position = self._past_commas(position)
            pair = _STATEMENT.match(self.text, position)
            if pair is None or pair["keys"] is None:
                return position + 1
            inner = self._noted_keys(path, pair["keys"], position)
            position = self._value(inner, pair.end())

    def _past_commas(self, position: int) -> int:
        position = _end(_GAP, self.text, position)
        while self.text[position : position + 1] == ",":
            position = _end(_GAP, self.text, position + 1)
        return position


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    """Return where a match that begins here ends; always past ``position`` when it matches."""
    match = pattern.match(text, position)
    return match.end() if match else position


def _split(keys: str) -> list[str]:
    """Return the parts of a dotted key, unquoted."""
    if '"' not in keys and "'" not in keys:
        return [key.strip() for key in keys.split(".")] if "." in keys else [keys.strip()]
    return [_unquoted(part) for part in _KEY.findall(keys)]


def _unquoted(key: str) -> str:
    if key[0] == "'":
        return key[1:-1]
    if key[0] == '"':
        return str(tomli.loads(f"key = {key}")["key"])
    return key
