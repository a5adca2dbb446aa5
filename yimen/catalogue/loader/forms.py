"""The form of a service: its questions and its materials, and what they depend on."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from yimen.base.expression import Expression, ExpressionError
from yimen.catalogue.definition import Agency, DataField, DataSet, FormField, Material, Process
from yimen.catalogue.loader.fields import read_shape
from yimen.catalogue.loader.reading import did_you_mean, listed
from yimen.catalogue.loader.table import Table, unique
from yimen.catalogue.loader.words import Words, person_words
from yimen.catalogue.types import FieldKind, Subject

MEDIA_TYPES = ("application/pdf", "image/jpeg", "image/png")
LARGEST_FILE = 50_000_000
# What the register of persons fills in: `from = "person.name"`.
PERSON_FIELDS = {
    "name": FieldKind.TEXT,
    "number": FieldKind.ID_NUMBER,
    "phone": FieldKind.PHONE,
    "address": FieldKind.TEXT,
    "division": FieldKind.DIVISION,
}

_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
# A record of one kind that may fill in an answer of another.
_FITS = {
    FieldKind.LONG_TEXT: frozenset({FieldKind.TEXT}),
    FieldKind.TEXT: frozenset(
        {FieldKind.PHONE, FieldKind.EMAIL, FieldKind.ID_NUMBER, FieldKind.CREDIT_CODE}
    ),
    FieldKind.DECIMAL: frozenset({FieldKind.INTEGER, FieldKind.MONEY}),
    FieldKind.MONEY: frozenset({FieldKind.INTEGER}),
}


@dataclass(frozen=True)
class Known:
    """What a service may refer to. None: not looked at, as for versions of former times."""

    agencies: Mapping[str, Agency] | None = None
    today: date = date.max
    life_events: Collection[str] | None = None
    processes: Mapping[str, Process | None] | None = None  # None: a diagram that is not right
    data_sets: Mapping[str, DataSet | None] | None = None
    words: Words | None = None
    services: Collection[str] | None = None

    def words_for(self, subject: Subject) -> Words | None:
        """Return the words that criteria of this subject's services may use."""
        return self._words_of_persons if subject is Subject.PERSON else self.words

    @cached_property
    def _words_of_persons(self) -> Words | None:
        sets = {code: found for code, found in (self.data_sets or {}).items() if found is not None}
        return person_words(self.words, sets) if self.words is not None else None


class FormReader:
    """The questions and materials of one `service.toml`."""

    def __init__(self, root: Table, known: Known, subject: Subject) -> None:
        self.root = root
        self.known = known
        self.subject = subject

    def fields(self) -> tuple[FormField, ...]:
        tables = self.root.tables("fields")
        before = len(self.root.reading.problems)
        fields: list[FormField] = []
        for table in tables:
            fields.append(self._field(table, fields))
        unique(tables, "key")
        if len(self.root.reading.problems) > before:  # each circle has a step that looks ahead
            self._check_circles(tables)
        return tuple(fields)

    def _field(self, table: Table, before: Iterable[FormField]) -> FormField:
        key = table.word("key")
        shape = read_shape(table)
        when = self._condition(table, before)
        source = table.string("from", "", wanted="'data_set.field' or 'answer.question'")
        field = FormField(
            key=key,
            kind=shape.kind,
            label=table.text("label"),
            place=table.place(),
            hint=table.text("hint", required=False),
            required=table.boolean("required", True),
            minimum=shape.minimum,
            maximum=shape.maximum,
            max_length=shape.max_length,
            scale=shape.scale,
            options=shape.options,
            from_record="" if source.startswith("answer.") else source,
            from_answer=source.removeprefix("answer.") if source.startswith("answer.") else "",
            when=when,
            sensitive=table.boolean("sensitive", False),
        )
        if source:
            self._check_from(table, field, before)
        table.end()
        return field

    def _condition(self, table: Table, before: Iterable[FormField]) -> Expression | None:
        """Return a `when`, whose words are the answers to the questions before it."""
        if self.known.words is None or "when" not in table:
            return table.expression("when", unchecked)
        earlier = Words({}, {}, self.known.words.standards).and_answers(before)

        def check(expression: Expression) -> None:
            for name in sorted(expression.names - earlier.types.keys()):
                raise ExpressionError(self._stranger(name, earlier))
            earlier.check(expression)

        return table.expression("when", check)

    def _stranger(self, name: str, earlier: Words) -> str:
        """Say why a condition cannot name this."""
        questions = {f"answer.{key}" for key in self._keys()}
        if name in questions:
            return f"'{name}' is asked later, or depends on this; move the question up"
        if not name.startswith("answer."):
            return f"'{name}' is not an answer; a question depends only on 'answer.<key>' before it"
        return f"'{name}' is not a question{did_you_mean(name, earlier.types or questions)}"

    def _keys(self) -> list[str]:
        return [table.written("key") for table in self.root.tables("fields")]

    def _check_from(self, table: Table, field: FormField, before: Iterable[FormField]) -> None:
        if field.from_answer:
            earlier = {f.key: f.kind for f in before}
            if field.from_answer in earlier:
                _check_fit(table, field.kind, earlier[field.from_answer], "the answer")
            elif field.from_answer in self._keys():
                table.report(
                    f"'{field.from_answer}' is asked later, or is filled in from this; an answer is "
                    "proposed only from a question before it",
                    "from",
                )
            else:
                table.check_reference(field.from_answer, earlier, "a question", "from")
            return
        if self.known.data_sets is not None:
            self._check_record(table, field, self.known.data_sets)

    def _check_record(
        self, table: Table, field: FormField, data_sets: Mapping[str, DataSet | None]
    ) -> None:
        code, dot, key = field.from_record.partition(".")
        if code == "person":
            self._check_person(table, field, key)
            return
        if not dot:
            table.report(
                f"'from' is '{field.from_record}'; it must be 'data_set.field', such as "
                "'pension.bank_account'",
                "from",
            )
            return
        table.check_reference(code, data_sets, "a data set", "from")
        data_set = data_sets.get(code)
        if data_set is None:
            return
        if data_set.subject is Subject.ORGANISATION and self.subject is Subject.PERSON:
            table.report(f"'{code}' holds organisations; a person applies for this", "from")
        record = data_set.field_by_key(key)
        if record is None:
            keys = [f.key for f in data_set.fields]
            table.report(
                f"field '{key}' is not declared in the data set '{code}'{did_you_mean(key, keys)}",
                "from",
            )
            return
        _check_fit(table, field.kind, record.kind, "the record")
        _check_values(table, field, record)

    def _check_person(self, table: Table, field: FormField, key: str) -> None:
        """Check what the register of persons itself fills in."""
        table.check_reference(key, PERSON_FIELDS, "a field of the person", "from")
        kind = PERSON_FIELDS.get(key)
        if kind is not None:
            _check_fit(table, field.kind, kind, "the register")

    def _check_circles(self, tables: list[Table]) -> None:
        """Report questions that wait for each other, by `when` or by `from`."""
        after: dict[str, set[str]] = {}
        for table in tables:
            source = table.written("from")
            when = table.written("when")
            named = set(re.findall(r"\banswer\.([a-z][a-z0-9_]*)", f"{when} {source}"))
            after[table.written("key")] = named
        for table in tables:
            key = table.written("key")
            circle = _circle(key, after)
            if key and circle:
                way = " -> ".join(f"'{step}'" for step in circle)
                table.report(f"the questions wait for each other: {way}; break the circle", "key")

    def materials(self, fields: tuple[FormField, ...]) -> tuple[Material, ...]:
        tables = self.root.tables("materials")
        materials = [self._material(table, fields) for table in tables]
        unique(tables, "key")
        questions = {field.key for field in fields}
        for table, material in zip(tables, materials, strict=True):
            if material.key and material.key in questions:
                table.report(
                    f"'{material.key}' is also the key of a question; errors could not tell them "
                    "apart, rename one",
                    "key",
                )
        return tuple(materials)

    def _material(self, table: Table, fields: Iterable[FormField]) -> Material:
        media_types = table.strings("media_types", MEDIA_TYPES)
        for index, media_type in enumerate(media_types):
            if not _MEDIA_TYPE.fullmatch(media_type):
                table.report(
                    f"'{media_type}' is not a media type, such as {listed(MEDIA_TYPES)}",
                    "media_types",
                    index,
                )
        from_data_set = table.reference("from", self.known.data_sets, "a data set", "")
        material = Material(
            key=table.code("key"),
            title=table.text("title"),
            place=table.place(),
            hint=table.text("hint", required=False),
            required=table.boolean("required", True),
            from_data_set=from_data_set,
            from_when=self._from_when(table, from_data_set),
            media_types=media_types,
            max_bytes=table.integer("max_bytes", 10_000_000, low=1000, high=LARGEST_FILE),
            max_files=table.integer("max_files", 3, low=1, high=20),
            when=self._condition(table, fields),
            source=table.string("source", ""),
        )
        table.end()
        return material

    def _from_when(self, table: Table, code: str) -> Expression | None:
        """Return what the record must say to stand in; it is opened alone, so its words count."""
        if "from_when" in table and not code:
            table.report("says when a record stands in; name its data set in 'from'", "from_when")
        words = self.known.words_for(self.subject)

        def check(expression: Expression) -> None:
            if words is None:
                return
            for name in sorted(expression.names):
                if not name.startswith(f"{code}."):
                    raise ExpressionError(f"'{name}' is not of the data set '{code}' of 'from'")
            words.check(expression)

        return table.expression("from_when", check)


def _check_fit(table: Table, wanted: FieldKind, found: FieldKind, what: str) -> None:
    if found is not wanted and found not in _FITS.get(wanted, ()):
        table.report(f"the question is of the kind '{wanted}', but {what} is '{found}'", "from")


def _check_values(table: Table, field: FormField, record: DataField) -> None:
    """Report values of a record that the question does not offer."""
    offered = {option.value for option in field.options}
    missing = [option.value for option in record.options if option.value not in offered]
    if (
        field.kind is FieldKind.CHOICE
        and missing
        and not offered & {o.value for o in record.options}
    ):
        table.report(
            f"the record has the values {listed(missing)}, none of which the question offers",
            "from",
        )


def _circle(start: str, after: Mapping[str, set[str]]) -> list[str]:
    """Return the shortest way from a question back to itself, or nothing."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for following in sorted(after.get(way[-1], ())):
            if following == start:
                return [*way, start]
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []


def unchecked(_expression: Expression) -> None:
    """Take an expression of former times as it is."""
