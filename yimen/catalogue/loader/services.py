"""Services: what residents and companies can ask for, with form, materials, limits and remedies."""

import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from yimen.base.text import Text
from yimen.catalogue.definition import (
    Criterion,
    Fee,
    FormField,
    Limit,
    Process,
    Remedy,
    Result,
    Service,
    Sourced,
)
from yimen.catalogue.loader.agencies import check_has_agency
from yimen.catalogue.loader.forms import FormReader, Known, unchecked
from yimen.catalogue.loader.reading import Reading, did_you_mean, listed
from yimen.catalogue.loader.table import Table, root_table, unique
from yimen.catalogue.rules import is_longer
from yimen.catalogue.types import Audience, ChannelKind, CountsFrom, DayUnit, Subject

PLACEHOLDERS = frozenset({"name", "receipt", "decided_on", "valid_until"})

_LONGEST = {DayUnit.WORKING: 3650, DayUnit.CALENDAR: 3650, DayUnit.MONTHS: 120}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


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
        form = FormReader(root, self.known, self.subject)
        fields = form.fields()
        statutory, promised, extension = self._limits()
        materials = form.materials(fields)
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
            extension=extension,
        )
        self._check_agencies(service)
        return service

    def _check_agencies(self, service: Service) -> None:
        agencies, today = self.known.agencies, self.known.today
        closed = service.closed_since
        check_has_agency(self.root, "agency", agencies, today, closed_since=closed)
        table = self.root.table("bindings")
        if table is not None:
            for lane in service.bindings:
                check_has_agency(table, lane, agencies, today, closed_since=closed)

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

    def _limits(self) -> tuple[Limit, Limit, Limit | None]:
        nothing = Limit(0, DayUnit.WORKING)
        table = self.root.table("limits", "a table with 'statutory' and 'promised'", required=True)
        if table is None:
            return nothing, nothing, None
        statutory, promised = read_limit(table, "statutory"), read_limit(table, "promised")
        extension = read_limit(table, "extension") if "extension" in table else None
        table.table("extension")
        table.end()
        if extension is not None:
            self._check_extension(table, extension, statutory, promised)
        if statutory is not None and promised is not None and is_longer(promised, statutory):
            table.report(
                f"the promised limit of {promised.days} {promised.unit} is longer than the "
                f"statutory one of {statutory.days} {statutory.unit} (five working days count as "
                "seven calendar days, a month as its fewest or most)",
                "promised",
            )
        return statutory or nothing, promised or nothing, extension

    def _check_extension(
        self, table: Table, extension: Limit, statutory: Limit | None, promised: Limit | None
    ) -> None:
        if not extension.days:
            table.report("an extension has at least one day; leave it out", "extension")
        if any(limit and limit.unit is not extension.unit for limit in (statutory, promised)):
            table.report(
                "an extension is added to both limits; give all three one unit", "extension"
            )

    def _criteria(self, fields: Iterable[FormField]) -> tuple[Criterion, ...]:
        words = self.known.words_for(self.subject)
        if words is not None:
            words = words.and_answers(fields)
        tables = self.root.tables("criteria")
        criteria = []
        for table in tables:
            when = table.expression("when", words.check if words else unchecked, required=True)
            key, says = table.word("key"), table.text("says")
            says_not, source = table.text("says_not"), table.string("source", "")
            table.end()
            if when is not None:
                criteria.append(Criterion(key, when, says, says_not, table.place(), source))
        unique(tables, "key")
        return tuple(criteria)

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
        remedies: list[Remedy] = []
        for table in self.root.tables("remedies"):
            limit = read_limit(table, "limit")
            title, says = table.text("title"), table.text("says")
            source = table.string("source", "")
            counts_from = table.choice("counts_from", CountsFrom, CountsFrom.DECISION)
            service = table.reference("service", self.known.services, "a service", "")
            if counts_from is CountsFrom.EARLIER_REMEDY and not remedies:
                table.report("the first remedy has no earlier one to count from", "counts_from")
            table.end()
            if limit is not None:
                remedies.append(Remedy(title, says, limit, source, counts_from, service))
        if "remedies" not in self.root:
            self.root.report("no [[remedies]] are declared; a refusal must name one")
        return tuple(remedies)


def read_limit(around: Table, key: str) -> Limit | None:
    """Return a time limit, or None after reporting that it cannot be read."""
    table = around.table(key, "a table, such as { working_days = 20 }", required=True)
    if table is None:
        return None
    source = table.string("source", "")
    units = [unit for unit in DayUnit if unit in table]
    if len(units) > 1:
        table.report(f"has {listed(units)}; keep one")
    unit = units[0] if units else DayUnit.WORKING
    days = table.integer(unit, high=_LONGEST[unit])
    for other in {*DayUnit} - {unit}:
        table.integer(other, 0)  # so that a slip of the pen finds every unit
    table.end()
    return Limit(days, unit, source)
