"""One folder being read: its files and what is wrong with them."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import tomli

from yimen.catalogue.definition import Place, Problem
from yimen.catalogue.loader.positions import Positions

_TOML_LINE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_BOM = b"\xef\xbb\xbf"


def did_you_mean(word: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """Return ``; did you mean 'x'?`` for the nearest known word, or nothing."""
    near = difflib.get_close_matches(word, [k for k in known if k], n=1, cutoff=likeness)
    return f"; did you mean '{near[0]}'?" if near else ""


def listed(words: Iterable[str]) -> str:
    """Return the words quoted and joined, to name what is allowed."""
    return ", ".join(f"'{word}'" for word in words)


@dataclass
class Reading:
    """The files of one city's folder and the problems found so far.

    ``languages`` is empty while (or because) `city.toml` does not tell them; texts are then
    taken as they are.
    """

    name: str
    files: Mapping[str, bytes]
    problems: list[Problem] = field(default_factory=list)
    languages: tuple[str, ...] = ()

    def place(self, path: str, line: int = 1) -> Place:
        """Return where this line of a file of the folder stands."""
        return Place(f"{self.name}/{path}", line)

    def report(self, path: str, line: int, sentence: str) -> None:
        """Note a problem of the folder."""
        self.problems.append(Problem(self.place(path, line), sentence))

    def wanted_text(self) -> str:
        """Return how a text in the city's languages is written."""
        inner = ", ".join(f'{language} = "..."' for language in self.languages)
        return f"{{ {inner} }}" if inner else "a text in each of the city's languages"

    def text(self, path: str) -> str | None:
        """Return a file's text, or None after reporting that it is not plain UTF-8."""
        content = self.files[path]
        if content.startswith(_BOM):
            self.report(path, 1, "begins with a byte order mark; save it as UTF-8 without one")
            return None
        try:
            return content.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            byte = content[error.start]
            self.report(
                path, line, f"byte {error.start + 1} (0x{byte:02X}) is not UTF-8; save it as UTF-8"
            )
            return None

    def toml(self, path: str) -> tuple[dict[str, object], Positions] | None:
        """Return a TOML file's values and lines, or None after reporting its syntax error."""
        text = self.text(path)
        if text is None:
            return None
        try:
            raw = tomli.loads(text)
        except tomli.TOMLDecodeError as error:
            at = _TOML_LINE.search(str(error))
            line = int(at[1]) if at else text.count("\n") + 1
            self.report(path, line, f"is not TOML: {_TOML_LINE.sub('', str(error))}")
            return None
        except (RecursionError, ValueError) as error:
            self.report(path, 1, f"is not TOML: {str(error) or 'nested too deeply'}")
            return None
        return raw, Positions(text)
