"""Examples: filled-in applications, good and bad, which must do what they say."""

from datetime import date, datetime, time

from yimen.catalogue.definition import City, Example, Service
from yimen.catalogue.loader.reading import Reading, did_you_mean
from yimen.catalogue.loader.table import Table, root_table
from yimen.catalogue.rules import read_answers
from yimen.catalogue.types import AnswerCode


def read_example(reading: Reading, path: str, service: Service) -> tuple[Example, Table] | None:
    """Return an example and its table, or None when its file cannot be read."""
    root = root_table(reading, path)
    if root is None:
        return None
    answers = root.table("answers", "a table of question = answer", required=True)
    expects = root.table("expects", "a table of question or material = error code")
    keys = [material.key for material in service.materials]
    example = Example(
        name=path.rpartition("/")[2].removesuffix(".toml"),
        says=root.text("says"),
        valid=root.boolean("valid"),
        answers=_answers(answers) if answers else {},
        materials=root.references("materials", keys, "a material"),
        expects=_expects(expects, service) if expects else {},
        place=root.place(),
    )
    root.end()
    if example.valid and example.expects:
        root.report("a good example expects no errors; remove [expects]", "expects")
    if not example.valid and not example.expects:
        root.report("a bad example must say in [expects] which errors it causes", "valid")
    return example, root


def _answers(table: Table) -> dict[str, object]:
    answers: dict[str, object] = {}
    for key, value in table.items():
        if isinstance(value, float):
            table.report(f"'{key}' must be written as text, such as \"{value}\", to be exact", key)
        elif isinstance(value, list | dict | datetime | time):
            table.report(f"'{key}' must be one answer: text, number, date, true or false", key)
        else:
            answers[key] = value
    return answers


def _expects(table: Table, service: Service) -> dict[str, str]:
    expects: dict[str, str] = {}
    for key, value in table.items():
        if value not in list(AnswerCode):
            table.report(
                f"'{value}' is not an error code{did_you_mean(str(value), AnswerCode)}", key
            )
        elif value != AnswerCode.UNKNOWN_FIELD:
            known = [f.key for f in service.fields] + [m.key for m in service.materials]
            table.check_reference(key, known, "a question or material", key)
        expects[key] = str(value)
    return expects


def check_example(example: Example, root: Table, service: Service, city: City, today: date) -> None:
    """Report where the form rules find other errors than the example says."""
    errors = read_answers(service, city, example.answers, example.materials, today=today).errors
    found = {error.key: str(error.code) for error in errors}
    for key, code in found.items():
        if example.valid:
            where = ("answers", key) if key in example.answers else ("valid",)
            root.report(f"a good example, but '{key}' has the error '{code}'", *where)
        elif key not in example.expects:
            root.report(f"'{key}' has the error '{code}', which [expects] does not name", "expects")
    for key, expected in example.expects.items():
        if key not in found:
            root.report(f"'{key}' should have the error '{expected}', but is right", "expects", key)
        elif found[key] != expected:
            root.report(f"'{key}' has the error '{found[key]}', not '{expected}'", "expects", key)
