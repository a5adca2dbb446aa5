"""Riverton with a third language: everything that its folder says, said again in (mock) French."""

import re
import shutil
from pathlib import Path

from applied_city import RIVERTON

from yimen.catalogue.loader import texts_to_translate

_KEYED = re.compile(r'^((?:[\w"]+\.)*)en = "(.*)"$', re.MULTILINE)
_LONG = re.compile(r'^(\w+)\.en = """(.*?)"""$', re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r'\ben = "((?:[^"\\]|\\.)*)"')
_ATTRIBUTE = re.compile(r'yimen:en="([^"]*)"')

TEXTS = {
    "What do you need to do?": "Que voulez-vous faire ?",
    "Search": "Rechercher",
    "Services": "Démarches",
    "Apply online": "Demander en ligne",
    "Agencies": "Services publics",
    "Letter of refusal": "Lettre de refus",
}
ARTICLE = "# À propos\n\nUne porte pour tous.\n\nCe portail est **neuf**.\n"


def french_riverton(folder: Path) -> Path:
    """Write Riverton's folder with French beside English, and return where."""
    shutil.copytree(RIVERTON, folder)
    for path in folder.rglob("*.toml"):
        text = _LONG.sub(r'\g<0>\n\1.fr = """FR \2"""', path.read_text("utf-8"))
        text = _KEYED.sub(r'\g<0>\n\1fr = "FR \2"', text)
        lines = (_in_french(line) for line in text.split("\n"))
        path.write_text("\n".join(lines), "utf-8")
    for path in folder.rglob("*.bpmn"):
        path.write_text(_ATTRIBUTE.sub(r'\g<0> yimen:fr="FR \1"', path.read_text("utf-8")), "utf-8")
    for path in folder.rglob("guide.en.md"):
        path.with_name("guide.fr.md").write_text(f"FR {path.read_text('utf-8')}", "utf-8")
    for path in folder.glob("*.csv"):
        head, *rows = path.read_text("utf-8").rstrip("\n").split("\n")
        said = [f"{row},{_quoted(row)}" for row in rows]
        path.write_text("\n".join([f"{head},fr", *said, ""]), "utf-8")
    _edit(folder / "city.toml", 'languages = ["en"]', 'languages = ["en", "fr"]')
    write_interface(folder, TEXTS)
    (folder / "articles").mkdir()
    (folder / "articles" / "about.fr.md").write_text(ARTICLE, "utf-8")
    return folder


def write_interface(folder: Path, texts: dict[str, str]) -> None:
    """Write the interface as a translator would: into the file that the command makes."""
    written = texts_to_translate("fr", None).decode()
    for english, french in texts.items():
        written = written.replace(
            f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{french}"'
        )
    (folder / "interface").mkdir(exist_ok=True)
    (folder / "interface" / "fr.po").write_text(written, "utf-8")


def _in_french(line: str) -> str:
    if _KEYED.match(line):
        return line
    return _INLINE.sub(r'\g<0>, fr = "FR \1"', line)


def _quoted(row: str) -> str:
    """Return the last cell of a row of CSV, in French."""
    cell = row.rpartition(",")[2]
    return cell and f"FR {cell}"


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
