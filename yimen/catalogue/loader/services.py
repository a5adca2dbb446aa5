"""Services: what residents and companies can ask for, with form, materials, limits and remedies."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from yimen.base.expression import Expression, ExpressionError
from yimen.base.text import Text
from yimen.catalogue.definition import (
    Criterion,
    DataField,
    DataSet,
    Fee,
    FormField,
    Limit,
    Material,
    Process,
    Remedy,
    Result,
    Service,
    Sourced,
)
from yimen.catalogue.loader.fields import read_shape
from yimen.catalogue.loader.reading import Reading, did_you_mean, listed
from yimen.catalogue.loader.table import Table, root_table, unique
from yimen.catalogue.loader.words import Words, person_words
from yimen.catalogue.rules import is_longer
from yimen.catalogue.types import Audience, ChannelKind, DayUnit, FieldKind, Subject

MEDIA_TYPES = ("application/pdf", "image/jpeg", "image/png")
PLACEHOLDERS = frozenset({"name", "receipt", "decided_on", "valid_until"})
LARGEST_FILE = 50_000_000

_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
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

    agencies: Collection[str] | None = None
    life_events: Collection[str] | None = None
    processes: Mapping[str, Process | None] | None = None  # None: a diagram that is not right
    data_sets: Mapping[str, DataSet | None] | None = None
    words: Words | None = None

    def words_for(self, subject: Subject) -> Words | None:
        """Return the words that criteria of this subject's services may use."""
        if self.words is None or subject is not Subject.PERSON:
            return self.words
        sets = {code: found for code, found in (self.data_sets or {}).items() if found is not None}
        return person_words(self.words, sets)


def read_service(reading: Reading, code: str, known: Known) -> Service | None:
    """Return the service of a folder, or None when its declaration cannot be read."""
    path = f"services/{code}/service.toml"
    root = root_table(reading, path)
    guide = _guide(reading, code)
    if root is None:
        return None
    reader = _Reader(root, known)
    service = reader.service(guide)
    root.end()
    if service.code and service.code != code:
        root.report(f"code '{service.code}' must be '{code}' as its folder's name", "code")
    return service


def _guide(reading: Reading, code: str) -> Text:
    """Return the guide in the city's languages, one Markdown file each."""
    texts = []
    for language in reading.languages:
        path = f"services/{code}/guide.{language}.md"
        if path not in reading.files:
            reading.report(path, 1, "is missing; every service has a guide in each language")
            continue
        text = reading.text(path)
        if text is not None and not text.strip():
            reading.report(path, 1, "is empty; say who can apply and how")
        texts.append((language, text or ""))
    return Text(tuple(texts))


class _Reader:
    """One `service.toml` being read."""

    def __init__(self, root: Table, known: Known) -> None:
        self.root = root
        self.known = known
        self.subject = Subject.PERSON

    def service(self, guide: Text) -> Service:
        root = self.root
        self.subject = root.choice("subject", Subject)
        if self.subject is Subject.HOUSEHOLD:
            root.report("'subject' must be 'person' or 'organisation': someone applies", "subject")
        fields = self._fields()
        statutory, promised = self._limits()
        materials = self._materials(fields)
        process, bindings = self._process()
        service = Service(
            code=root.code("code"),
            version=root.integer("version", low=1, high=100_000),
            agency=root.reference("agency", self.known.agencies, "an agency"),
            title=root.text("title"),
            summary=root.text("summary"),
            subject=self.subject,
            audience=root.choices("audience", Audience),
            life_events=root.references("life_events", self.known.life_events, "a life event"),
            channels=root.choices("channels", ChannelKind),
            card=root.boolean("card", False),
            process=process,
            bindings=bindings,
            law=self._law(),
            fee=self._fee(),
            statutory=statutory,
            promised=promised,
            criteria=self._criteria(fields),
            fields=fields,
            materials=materials,
            result=self._result(fields),
            remedies=self._remedies(),
            guide=guide,
            keywords=root.text("keywords", required=False),
            where=root.text("where"),
            visits=root.integer("visits", 0, high=50),
            place=root.place(),
            closed_since=root.day("closed_since"),
        )
        return service

    def _process(self) -> tuple[str, dict[str, str]]:
        root, processes = self.root, self.known.processes
        code = root.reference("process", processes, "a process")
        process = (processes or {}).get(code)
        table = root.table("bindings", 'a table, such as { partner = "civil-affairs" }')
        bindings: dict[str, str] = {}
        if table is not None:
            for binding, agency in table.items():
                if isinstance(agency, str):
                    table.check_reference(agency, self.known.agencies, "an agency", binding)
                    bindings[binding] = agency
                else:
                    table.report(f"'{binding}' must be the code of an agency in quotes", binding)
        if process is not None:
            self._check_bindings(process, bindings)
        return code, bindings

    def _check_bindings(self, process: Process, bindings: Mapping[str, str]) -> None:
        needed = process.bindings - {"lead"}
        for binding in sorted(needed - bindings.keys()):
            self.root.report(
                f"the process '{process.code}' has lanes of '{binding}'; say which agency that is: "
                f'bindings = {{ {binding} = "..." }}',
                "bindings" if bindings else "process",
            )
        for binding in sorted(bindings.keys() - needed):
            hint = did_you_mean(binding, needed) or "; remove it"
            self.root.report(
                f"binding '{binding}' is not a lane of the process '{process.code}'{hint}",
                "bindings",
                binding,
            )

    def _law(self) -> tuple[Sourced, ...]:
        law = []
        for table in self.root.tables("law"):
            law.append(table.sourced())
            table.end()
        return tuple(law)

    def _fee(self) -> Fee:
        table = self.root.table("fee", 'a table, such as { amount = "0.00" }', required=True)
        if table is None:
            return Fee(Decimal(0))
        fee = Fee(
            amount=table.amount("amount"),
            says=table.text("says", required=False),
            source=table.string("source", ""),
        )
        table.end()
        return fee

    def _limits(self) -> tuple[Limit, Limit]:
        nothing = Limit(0, DayUnit.WORKING)
        table = self.root.table("limits", "a table with 'statutory' and 'promised'", required=True)
        if table is None:
            return nothing, nothing
        statutory, promised = read_limit(table, "statutory"), read_limit(table, "promised")
        table.end()
        if statutory is not None and promised is not None and is_longer(promised, statutory):
            table.report(
                f"the promised limit of {promised.days} {promised.unit} is longer than the "
                f"statutory one of {statutory.days} {statutory.unit} (five working days count as "
                "seven calendar days)",
                "promised",
            )
        return statutory or nothing, promised or nothing

    def _criteria(self, fields: Iterable[FormField]) -> tuple[Criterion, ...]:
        words = self.known.words_for(self.subject)
        if words is not None:
            words = words.and_answers(fields)
        tables = self.root.tables("criteria")
        criteria = []
        for table in tables:
            when = table.expression("when", words.check if words else _unchecked, required=True)
            key, says = table.word("key"), table.text("says")
            says_not, source = table.text("says_not"), table.string("source", "")
            table.end()
            if when is not None:
                criteria.append(Criterion(key, when, says, says_not, table.place(), source))
        unique(((table, table.word("key", "")) for table in tables), "key")
        return tuple(criteria)

    def _fields(self) -> tuple[FormField, ...]:
        tables = self.root.tables("fields")
        fields: list[FormField] = []
        for table in tables:
            fields.append(self._field(table, fields))
        unique(zip(tables, (field.key for field in fields), strict=True), "key")
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
        if self.known.words is None:
            return table.expression("when", _unchecked)
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
        return [table.string("key", "") for table in self.root.tables("fields")]

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

    def _check_circles(self, tables: list[Table]) -> None:
        """Report questions that wait for each other, by `when` or by `from`."""
        after: dict[str, set[str]] = {}
        for table in tables:
            source = table.string("from", "")
            when = table.string("when", "")
            named = set(re.findall(r"\banswer\.([a-z][a-z0-9_]*)", f"{when} {source}"))
            after[table.string("key", "")] = named
        for table in tables:
            key = table.string("key", "")
            circle = _circle(key, after)
            if key and circle:
                way = " -> ".join(f"'{step}'" for step in circle)
                table.report(f"the questions wait for each other: {way}; break the circle", "key")

    def _materials(self, fields: tuple[FormField, ...]) -> tuple[Material, ...]:
        tables = self.root.tables("materials")
        materials = [self._material(table, fields) for table in tables]
        unique(zip(tables, (material.key for material in materials), strict=True), "key")
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
        material = Material(
            key=table.code("key"),
            title=table.text("title"),
            place=table.place(),
            hint=table.text("hint", required=False),
            required=table.boolean("required", True),
            from_data_set=table.reference("from", self.known.data_sets, "a data set", ""),
            media_types=media_types,
            max_bytes=table.integer("max_bytes", 10_000_000, low=1000, high=LARGEST_FILE),
            max_files=table.integer("max_files", 3, low=1, high=20),
            when=self._condition(table, fields),
            source=table.string("source", ""),
        )
        table.end()
        return material

    def _result(self, fields: Iterable[FormField]) -> Result:
        table = self.root.table("result", "a table with 'title' and 'body'", required=True)
        if table is None:
            return Result(Text(), Text())
        years = table.integer("valid_years", 0, low=1, high=200) if "valid_years" in table else None
        result = Result(table.text("title"), table.text("body"), years)
        table.integer("valid_years", 0)
        table.end()
        allowed = {*PLACEHOLDERS, *(f"answer.{field.key}" for field in fields)}
        for language, body in result.body.as_dict().items():
            self._check_body(table, language, body, allowed)
            if "{valid_until}" in body and years is None:
                table.report("the body uses {valid_until}; say 'valid_years'", "body", language)
        return result

    def _check_body(self, table: Table, language: str, body: str, allowed: Collection[str]) -> None:
        for name in _PLACEHOLDER.findall(body):
            if name not in allowed:
                hint = did_you_mean(name, allowed) or (
                    f"; it may use {listed(sorted(PLACEHOLDERS))} and 'answer.<question>'"
                )
                table.report(
                    f"the body uses {{{name}}}, which is not known{hint}", "body", language
                )
        if set(_PLACEHOLDER.sub("", body)) & {"{", "}"}:
            table.report("the body has a brace without its partner", "body", language)

    def _remedies(self) -> tuple[Remedy, ...]:
        remedies = []
        for table in self.root.tables("remedies"):
            limit = read_limit(table, "limit")
            title, says = table.text("title"), table.text("says")
            source = table.string("source", "")
            table.end()
            if limit is not None:
                remedies.append(Remedy(title, says, limit, source))
        if "remedies" not in self.root:
            self.root.report("no [[remedies]] are declared; a refusal must name one")
        return tuple(remedies)


def read_limit(around: Table, key: str) -> Limit | None:
    """Return a time limit, or None after reporting that it cannot be read."""
    table = around.table(key, "a table, such as { working_days = 20 }", required=True)
    if table is None:
        return None
    working, calendar = DayUnit.WORKING in table, DayUnit.CALENDAR in table
    source = table.string("source", "")
    unit = DayUnit.CALENDAR if calendar and not working else DayUnit.WORKING
    if working and calendar:
        table.report("has both 'working_days' and 'calendar_days'; keep one")
        table.integer(DayUnit.CALENDAR)
    elif not working and not calendar:
        table.integer(DayUnit.CALENDAR, 0)  # so that a slip of the pen finds both words
    days = table.integer(unit, high=3650)
    table.end()
    return Limit(days, unit, source)


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


def _unchecked(_expression: Expression) -> None:
    """Take an expression of former times as it is."""
