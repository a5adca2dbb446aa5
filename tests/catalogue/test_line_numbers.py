"""Where keys stand: whatever a TOML text looks like, every key's line is the one it is written on."""

from collections.abc import Callable

import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from yimen.catalogue.loader.positions import Path, Positions

_BARE = st.text("abcdefgh_-0123456789", min_size=1, max_size=6)
_STRANGE = st.text("ab .#[]{}=,'\"\\é人\t", min_size=0, max_size=6)
_SPACE = st.sampled_from(["", " ", "\t", "  "])
_BREAK = st.sampled_from(["\n", "\n\n", " # a comment [[x]]\n", "\n  # k = 1\n", "\r\n"])


def _quoted(key: str) -> str:
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") + '"'


SIMPLE = {
    "s": ['""', '"x"', '"a # b ] }"', r'"\" = ["', "'[[a]]'"],
    "m": ['"""\n[[x]]\nk = "1"\n"""', '""" " }"""', '"""\\"""\n"""'],
    "M": ["'''\n[x]\n\\'''", "''' ' ] '''", "''''a''''"],
    "n": ["1", "-2.5", "1e3", "inf", "0x1F"],
    "b": ["true", "false"],
    "t": ["2004-07-01", "1979-05-27T07:32:00Z", "07:32:00"],
}


class Writer:
    """Writes a TOML text piece by piece, and remembers on which line each key began."""

    def __init__(self, draw: Callable[[st.SearchStrategy[str]], str]) -> None:
        self.draw = draw
        self.text = ""
        self.lines: dict[Path, int] = {}

    def note(self, path: Path) -> None:
        self.lines.setdefault(path, self.text.count("\n") + 1)

    def put(self, text: str) -> None:
        self.text += text

    def key(self, used: set[str]) -> tuple[str, str]:
        key = self.draw(st.one_of(_BARE, _STRANGE).filter(lambda k: k not in used))
        used.add(key)
        plain = key and all(c in "abcdefgh_-0123456789" for c in key)
        return key, key if plain and self.draw(st.booleans()) else _quoted(key)

    def value(self, path: Path, depth: int) -> None:
        kind = self.draw(st.sampled_from("smMnbtaai" if depth else "smMnbt"))
        if kind == "a":
            self.array(path, depth)
        elif kind == "i":
            self.inline(path, depth)
        else:
            self.put(self.draw(st.sampled_from(SIMPLE[kind])))

    def array(self, path: Path, depth: int) -> None:
        self.put("[")
        for index in range(self.draw(st.integers(0, 3))):
            self.put(self.draw(st.one_of(_SPACE, _BREAK)))
            self.note((*path, index))
            self.value((*path, index), depth - 1)
            self.put(self.draw(_SPACE) + ",")
        self.put(self.draw(st.one_of(_SPACE, _BREAK)) + "]")

    def inline(self, path: Path, depth: int) -> None:
        self.put("{")
        used: set[str] = set()
        for number in range(self.draw(st.integers(0, 3))):
            self.put("," if number else "")
            self.put(self.draw(_SPACE))
            self.pair(path, used, depth - 1)
            self.put(self.draw(_SPACE))
        self.put("}")

    def pair(self, path: Path, used: set[str], depth: int) -> None:
        key, written = self.key(used)
        self.note((*path, key))
        inner = (*path, key)
        self.put(written)
        if self.draw(st.integers(0, 4)) == 0:
            second, written = self.key(set())
            inner = (*inner, second)
            self.note(inner)
            self.put(f" . {written}")
        self.put(self.draw(_SPACE) + "=" + self.draw(_SPACE))
        self.value(inner, depth)

    def statements(self, path: Path) -> None:
        used: set[str] = set()
        for _ in range(self.draw(st.integers(0, 4))):
            self.put(self.draw(_SPACE))
            self.pair(path, used, 3)
            self.put(self.draw(_BREAK))

    def document(self) -> None:
        self.statements(())
        tops: set[str] = {str(path[0]) for path in self.lines}
        for _ in range(self.draw(st.integers(0, 3))):
            key, written = self.key(tops)
            if self.draw(st.booleans()):
                self.note((key,))
                self.put(f"[ {written}\t]" + self.draw(_BREAK))
                self.statements((key,))
                continue
            for index in range(self.draw(st.integers(1, 3))):
                self.note((key,))
                self.note((key, index))
                self.put(f"[[{written}]]" + self.draw(_BREAK))
                self.statements((key, index))
                if self.draw(st.booleans()):
                    self.note((key, index, "below under"))
                    self.put(f'[{written}."below under"]' + self.draw(_BREAK))
                    self.statements((key, index, "below under"))


@st.composite
def documents(draw: Callable[[st.SearchStrategy[str]], str]) -> Writer:
    writer = Writer(draw)
    writer.document()
    return writer


@settings(max_examples=150, deadline=None)
@given(documents())
def test_every_key_is_found_on_its_line(writer: Writer) -> None:
    tomli.loads(writer.text)
    positions = Positions(writer.text.replace("\r\n", "\n"))
    assert {path: positions.line(path) for path in writer.lines} == writer.lines


@settings(max_examples=60, deadline=None)
@given(documents())
def test_headers_told_at_sight_are_those_that_a_scan_finds(writer: Writer) -> None:
    text = writer.text.replace("\r\n", "\n")
    for key, value in tomli.loads(text).items():
        if isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
            for index in range(len(value)):
                at_sight = Positions(text).header_line(key, index, len(value))
                assert at_sight == Positions(text).line((key, index))


@settings(max_examples=150, deadline=None)
@given(st.text("ab1=[]{}\"'\n#., \\", max_size=60))
def test_no_text_keeps_the_scan_from_ending(text: str) -> None:
    Positions(text).line(("a",))


def test_a_key_that_is_not_there_has_the_line_of_what_is_around_it() -> None:
    positions = Positions("a = 1\n[b]\nc = 2\n")
    assert positions.line(("b", "d", "e")) == 2
    assert positions.line(("z",)) == 1
