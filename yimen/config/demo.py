"""Loads the demonstration of a city: residents with their records, organisations, staff.

The people stand in ``demo/*.toml`` of the city's folder. Passwords and the secrets of one-time codes
are made here, once for each data folder, and kept in ``demo-sign-ins.json`` there, for its owner's
eyes only. Loading does what is missing and nothing else, so it can be interrupted and run again.
"""

import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from django.conf import settings

from yimen.accounts import actions as accounts
from yimen.accounts.models import Account, StaffPost
from yimen.accounts.queries import city_today, one_time_code
from yimen.accounts.rules import new_password
from yimen.accounts.types import TieProof
from yimen.base.actor import SYSTEM
from yimen.catalogue.definition import City
from yimen.catalogue.queries import current_city
from yimen.config.demo_secrets import Kept, Secret, keep, read_kept
from yimen.people import actions as people
from yimen.people.models import DocumentNumber, Household, HouseholdMember, Person
from yimen.people.queries import subjects_from
from yimen.people.types import (
    Category,
    DocumentKind,
    OrganisationFacts,
    PersonFacts,
    Relation,
    Row,
    Sex,
)

SOURCE = "demo"
_FILES = ("residents.toml", "organisations.toml", "staff.toml")
Table = Mapping[str, object]
Progress = Callable[[str, int, int], None]  # what, how many are done, of how many


@dataclass(frozen=True, slots=True)
class Demo:
    """The demonstration as its files declare it."""

    residents: tuple[Table, ...]
    households: tuple[Table, ...]
    organisations: tuple[Table, ...]
    staff: tuple[Table, ...]
    files_hash: str

    @property
    def accounts(self) -> tuple[Table, ...]:
        """Return everybody who signs in; who represents an organisation does so as a resident."""
        return (*self.residents, *self.staff)


def load(progress: Progress | None = None) -> None:
    """Load what is missing of the city's demonstration; without one, do nothing."""
    demo = _read(Path(settings.CITY_FOLDER) / "demo")
    if not demo.accounts:
        return
    kept = read_kept()
    if kept.files == demo.files_hash and _is_loaded(demo):
        return
    sign_ins = _sign_ins_for(demo, kept.sign_ins)
    keep(Kept("", sign_ins))
    tell = progress or _say_nothing
    city = current_city()
    persons = _register_residents(demo, tell)
    persons |= _register_organisations(demo, persons)
    homes = _register_households(demo, persons)
    _write_records(demo, persons, homes, city, tell)
    _make_resident_accounts(demo, persons, sign_ins, tell)
    _make_staff(demo, sign_ins, tell)
    keep(Kept(demo.files_hash, sign_ins))


def sign_ins() -> list[dict[str, str]]:
    """Return who can sign in, with password, and for staff the one-time code of this moment.

    The ``key`` is for an app that makes the codes itself.
    """
    demo = _read(Path(settings.CITY_FOLDER) / "demo")
    kept = read_kept().sign_ins
    rows = []
    for person in demo.accounts:
        username = _text(person, "username")
        secret = kept.get(username)
        if secret is None:
            continue
        row = {"who": _who(person), "username": username, "password": secret.password}
        if secret.one_time_key:
            row |= {"code": one_time_code(secret.one_time_key), "key": secret.one_time_key}
        rows.append(row)
    return rows


# Files


def _read(folder: Path) -> Demo:
    """Return the people of the demonstration; a city without one has empty lists."""
    digest = sha256()
    read: dict[str, list[Table]] = {}
    for name in _FILES:
        path = folder / name
        content = path.read_bytes() if path.exists() else b""
        digest.update(content)
        for key, tables in tomllib.loads(content.decode()).items():
            read.setdefault(key, []).extend(tables)
    return Demo(
        residents=tuple(read.get("residents", ())),
        households=tuple(read.get("households", ())),
        organisations=tuple(read.get("organisations", ())),
        staff=tuple(read.get("staff", ())),
        files_hash=digest.hexdigest(),
    )


def _is_loaded(demo: Demo) -> bool:
    """Say whether everybody can sign in here: accounts and posts are what is made last."""
    names = [_text(person, "username") for person in demo.accounts]
    posts = StaffPost.objects.filter(account__username__in=names).count()
    accounts_made = Account.objects.filter(username__in=names).count()
    return accounts_made == len(names) and posts >= len(demo.staff)


def _sign_ins_for(demo: Demo, kept: Mapping[str, Secret]) -> dict[str, Secret]:
    """Return a secret for everybody: the kept one, or a new one."""
    found = dict(kept)
    for person in demo.residents:
        found.setdefault(_text(person, "username"), Secret(new_password()))
    for person in demo.staff:
        new = Secret(new_password(), accounts.new_one_time_key())
        found.setdefault(_text(person, "username"), new)
    return found


# Persons


def _register_residents(demo: Demo, tell: Progress) -> dict[str, UUID]:
    persons: dict[str, UUID] = {}
    for done, person in enumerate(demo.residents, start=1):
        facts = _person_facts(person)
        known = _known(facts.document or "", facts.number)
        persons[_text(person, "username")] = (
            known if known is not None else people.register_person(SYSTEM, facts).pk
        )
        tell("residents", done, len(demo.residents))
    return persons


def _known(document: str, number: str) -> UUID | None:
    row = DocumentNumber.objects.filter(document=document, number=number).first()
    return row.person_id if row is not None else None


def _person_facts(person: Table) -> PersonFacts:
    id_number = _text(person, "id_number")
    born = person.get("birth_date")
    return PersonFacts(
        name=_text(person, "name"),
        document=DocumentKind(_text(person, "document") or DocumentKind.ID_CARD),
        number=id_number or _text(person, "number"),
        birth_date=born if isinstance(born, date) else None,
        sex=Sex(_text(person, "sex")) if "sex" in person else None,
        category=Category(_text(person, "category")) if "category" in person else None,
        division=_text(person, "division"),
        address=_text(person, "address"),
        phone=_text(person, "phone"),
    )


def _register_organisations(demo: Demo, persons: Mapping[str, UUID]) -> dict[str, UUID]:
    found: dict[str, UUID] = {}
    for organisation in demo.organisations:
        code = _text(organisation, "credit_code")
        known = _known(DocumentKind.CREDIT_CODE, code)
        representative = persons[_text(organisation, "legal_representative")]
        found[_text(organisation, "username")] = (
            known
            if known is not None
            else people.register_organisation(
                SYSTEM,
                OrganisationFacts(
                    name=_text(organisation, "name"),
                    credit_code=code,
                    legal_representative=Person.objects.get(pk=representative).name,
                    representative_id=representative,
                    division=_text(organisation, "division"),
                    address=_text(organisation, "address"),
                    phone=_text(organisation, "phone"),
                ),
            ).pk
        )
    return found


def _register_households(demo: Demo, persons: Mapping[str, UUID]) -> dict[str, UUID]:
    homes: dict[str, UUID] = {}
    for household in demo.households:
        number = _text(household, "number")
        known = Household.objects.filter(number=number).first()
        home = known or people.register_household(
            SYSTEM,
            number=number,
            division=_text(household, "division"),
            address=_text(household, "address"),
        )
        homes[number] = home.pk
        for member in _tables(household, "members"):
            _join(home.pk, persons[_text(member, "resident")], member)
    return homes


def _join(home: UUID, person_id: UUID, member: Table) -> None:
    if HouseholdMember.objects.filter(household_id=home, person_id=person_id).exists():
        return
    since = member.get("since")
    people.join_household(
        SYSTEM,
        person_id,
        home,
        relation=Relation(_text(member, "relation")),
        since=since if isinstance(since, date) else None,
    )


# Records


def _write_records(
    demo: Demo,
    persons: Mapping[str, UUID],
    homes: Mapping[str, UUID],
    city: City,
    tell: Progress,
) -> None:
    """Write each row that this source has not written yet, in batches of one data set and day."""
    today = city_today()
    batches: dict[tuple[str, date], list[Row]] = {}
    subjects = [(persons[_text(p, "username")], p) for p in (*demo.residents, *demo.organisations)]
    subjects += [(homes[_text(home, "number")], home) for home in demo.households]
    for subject_id, declared in subjects:
        records = declared.get("records")
        for data_set, row in records.items() if isinstance(records, dict) else ():
            values = {key: _value(value, today) for key, value in row.items()}
            as_of = values.pop("as_of")
            if isinstance(as_of, date):
                batches.setdefault((data_set, as_of), []).append(Row(subject_id, values))
    for done, ((data_set, as_of), rows) in enumerate(batches.items(), start=1):
        if data_set in city.data_sets:
            _write_missing(data_set, as_of, rows)
        tell("records", done, len(batches))


def _write_missing(data_set: str, as_of: date, rows: Collection[Row]) -> None:
    written = subjects_from(SYSTEM, data_set, SOURCE)
    missing = [row for row in rows if row.subject_id not in written]
    if missing:
        people.write_records(SYSTEM, data_set, missing, as_of=as_of, source_id=SOURCE)


def _value(value: object, today: date) -> object:
    """Return a value of the file; ``{ days_ago = 3 }`` is a date counted from today."""
    match value:
        case {"days_ago": int(days)}:
            return today - timedelta(days=days)
        case {"days_ahead": int(days)}:
            return today + timedelta(days=days)
        case _:
            return value


# Accounts


def _make_resident_accounts(
    demo: Demo, persons: Mapping[str, UUID], sign_ins: Mapping[str, Secret], tell: Progress
) -> None:
    for done, person in enumerate(demo.residents, start=1):
        username = _text(person, "username")
        account = Account.objects.filter(username=username).first()
        if account is None:
            account = accounts.make_resident_account(
                SYSTEM,
                username=username,
                name=_text(person, "name"),
                email=_text(person, "email"),
                password=sign_ins[username].password,
            )
        elif not account.check_password(sign_ins[username].password):
            accounts.set_password(SYSTEM, account.pk, sign_ins[username].password)
        accounts.tie_to_person(account.pk, persons[username], SYSTEM, proof=TieProof.LOADED)
        tell("accounts", done, len(demo.residents))


def _make_staff(demo: Demo, sign_ins: Mapping[str, Secret], tell: Progress) -> None:
    for done, officer in enumerate(demo.staff, start=1):
        username = _text(officer, "username")
        secret = sign_ins[username]
        account = Account.objects.filter(username=username).first()
        if account is None:
            account = accounts.make_staff_account(
                SYSTEM,
                username=username,
                name=_text(officer, "name"),
                email=_text(officer, "email"),
                password=secret.password,
            )
        elif not account.check_password(secret.password):
            accounts.set_password(SYSTEM, account.pk, secret.password)
        accounts.set_one_time_key(SYSTEM, account.pk, secret.one_time_key)
        _give_post(account, officer)
        tell("staff", done, len(demo.staff))


def _give_post(account: Account, officer: Table) -> None:
    agency, role = _text(officer, "agency"), _text(officer, "role")
    if account.posts.filter(agency=agency, role=role).exists():
        return
    accounts.give_post(
        SYSTEM,
        account.pk,
        agency=agency,
        role=role,
        office_number=_text(officer, "office_number"),
    )


# Reading tables


def _text(table: Table, key: str) -> str:
    return str(table.get(key, ""))


def _tables(table: Table, key: str) -> Iterable[Table]:
    found = table.get(key)
    return found if isinstance(found, list) else ()


def _who(person: Table) -> str:
    """Return who this is: name, and for staff role, agency and office."""
    name = _text(person, "name")
    if "role" not in person:
        return name
    city, language = current_city(), _text(person, "language")
    role = city.roles[_text(person, "role")].title[language]
    agency = city.agencies[_text(person, "agency")].title[language]
    return f"{name}, {role}, {agency} {_text(person, 'office_number')}"


def _say_nothing(_what: str, _done: int, _all: int) -> None:
    """Tell nobody how far loading is."""
