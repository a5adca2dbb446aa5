"""A third language comes with the city's folder alone: its texts are checked before they are shown."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner, Result
from french_riverton import ARTICLE, TEXTS, french_riverton, write_interface

from yimen.catalogue.commands import command
from yimen.catalogue.loader import load_folder, missing_texts, texts_to_translate

ONE = "%(count)d service"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return french_riverton(tmp_path / "riverton")


def problems(folder: Path) -> list[str]:
    _city, found = load_folder(folder)
    return [str(problem).removeprefix(f"{folder}/") for problem in found]


def check(folder: Path, *more: str) -> Result:
    return CliRunner().invoke(command, ["check", str(folder), *more])


def test_the_folder_says_everything_in_three_ways(folder: Path) -> None:
    city, found = load_folder(folder)
    assert found == [] and city is not None
    assert city.languages == ("en", "fr")
    assert list(city.interface) == ["fr"]
    assert city.articles == {"about.fr": ARTICLE}
    assert city.services["dog-licence"].title["fr"].startswith("FR ")


def test_what_is_missing_is_listed_and_refuses_nothing(folder: Path) -> None:
    said = check(folder)
    assert said.exit_code == 0
    assert "sentences; pages say them in English:" in said.output
    assert "yimen city texts" in said.output
    machine = json.loads(check(folder, "--json").output)
    assert machine["ok"] and "Apply online" not in machine["missing"]["fr"]
    assert "Your name" in machine["missing"]["fr"]


def test_a_text_of_the_folder_that_is_missing_is_a_problem_and_both_are_told(folder: Path) -> None:
    path = folder / "city.toml"
    path.write_text(path.read_text("utf-8").replace(', fr = "FR Riverton"', ""), "utf-8")
    machine = json.loads(check(folder, "--json").output)
    assert [p["sentence"] for p in machine["problems"]] == [
        "'title' in the language 'fr' is missing"
    ]
    assert machine["missing"]["fr"]


def test_without_any_text_everything_is_missing(folder: Path) -> None:
    (folder / "interface" / "fr.po").unlink()
    city, _ = load_folder(folder)
    assert city is not None
    assert len(missing_texts({}, ["fr"])["fr"]) > 1000
    assert missing_texts({}, ["zh", "en"]) == {}


@pytest.mark.parametrize(
    ("path", "content", "sentence"),
    [
        ("interface/zh.po", b"", "the software brings 'zh' itself; remove the file"),
        ("interface/de.po", b"", "'de' is not a language of this city: city.toml names 'en', 'fr'"),
        ("interface/fr.po", b"msgid broken", "is not a PO file"),
        ("interface/fr.po", b"\xff", "is not UTF-8"),
        ("articles/about.de.md", b"# A\n\nB\n\nC", "'de' is not a language of this city"),
        ("articles/about.fr.md", b"No title", "begins with '# Title'"),
        ("articles/about.fr.md", b"\xff", "is not UTF-8"),
        ("interface/fr.txt", b"", "is not a file of a city's folder"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    folder: Path, path: str, content: bytes, sentence: str
) -> None:
    (folder / path).write_bytes(content)
    (only,) = problems(folder)
    assert only.startswith(f"{path}:") and sentence in only


def test_a_language_that_pages_cannot_be_written_in_is_named(folder: Path) -> None:
    (folder / "interface" / "fr.po").rename(folder / "interface" / "qqq.po")
    path = folder / "city.toml"
    path.write_text(path.read_text("utf-8").replace('"en", "fr"', '"en", "fr", "qqq"'), "utf-8")
    assert any("pages cannot be written in 'qqq'" in problem for problem in problems(folder))


def test_a_translation_with_another_placeholder_would_break_the_page(folder: Path) -> None:
    write_interface(folder, {**TEXTS, "Page %(number)s of %(pages)s": "Page %(numero)s"})
    (only,) = problems(folder)
    line = int(only.split(":")[1])
    text = (folder / "interface" / "fr.po").read_text("utf-8").split("\n")[line - 1]
    assert "Page %(number)s of %(pages)s" in only
    assert text.startswith("msgid")


def test_the_command_writes_every_sentence_and_keeps_what_is_translated(folder: Path) -> None:
    path = folder / "interface" / "fr.po"
    old = path.read_text("utf-8") + '\nmsgid "Gone since"\nmsgstr "Disparu"\n'
    path.write_text(old, "utf-8")
    said = CliRunner().invoke(command, ["texts", str(folder), "fr"])
    assert said.exit_code == 0
    written = read_po(BytesIO(path.read_bytes()))
    assert {english: written[english].string for english in TEXTS} == TEXTS
    assert "Gone since" not in written
    assert written.num_plurals == 2
    assert CliRunner().invoke(command, ["texts", str(folder), "ug"]).exit_code == 0
    assert (folder / "interface" / "ug.po").exists()


@pytest.mark.parametrize(
    ("tag", "sentence"), [("zh", "brings 'zh' itself"), ("qqq", "cannot be written in 'qqq'")]
)
def test_the_command_refuses_what_needs_no_file(folder: Path, tag: str, sentence: str) -> None:
    said = CliRunner().invoke(command, ["texts", str(folder), tag])
    assert said.exit_code == 2 and sentence in said.output


def test_sentences_of_the_software_are_all_found() -> None:
    whole = read_po(BytesIO(texts_to_translate("fr", None)))
    assert "Apply online" in whole
    assert whole.get("Office %(number)s", "an officer by the number of the room") is not None
    assert any(isinstance(message.id, tuple) for message in whole)
