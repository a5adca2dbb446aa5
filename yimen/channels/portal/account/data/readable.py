"""All that is kept of somebody, for people: what the template of data.pdf gets, in one language."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from yimen.catalogue.definition import City
from yimen.channels.portal.account.data import told_cases
from yimen.channels.portal.account.data.gathering import Everything, Paths
from yimen.channels.portal.account.data.parts import Group, Section, kept_rows
from yimen.channels.portal.account.readings import sittings_of
from yimen.channels.portal.matters.told import state_words, told_rows, way_words
from yimen.channels.shared import wording
from yimen.channels.shared.facts import fact_label, record_title, shown_fact
from yimen.channels.shared.names import agency_words
from yimen.mailbox.queries import MessageView
from yimen.people.queries import RecordKept, SubjectKept
from yimen.people.types import Relation

TEMPLATE = Path(__file__).parents[2] / "templates" / "account" / "data.typ"
_USUAL_ACCENT = "#A8321F"
_REGISTER = ("name", "number", "birth_date", "sex", "category", "address", "phone")


def words_of(found: Everything, paths: Paths, city: City, language: str) -> Mapping[str, object]:
    """Return what stands in the document, section by section; the page's language is active."""
    sections = [
        _account(found, city, language),
        *_subject(found.people.person, city, language),
        *(part for one in found.people.organisations for part in _subject(one, city, language)),
        _ties(found, language),
        told_cases.applications(found, paths, city, language),
        told_cases.drafts(found, paths, city, language),
        _messages(found.messages, language),
        _code_messages(found, language),
        _readings(found, city, language),
    ]
    made = _("Made on %(when)s") % {"when": wording.moment(found.made_at, language)}
    return {
        "language": language,
        "title": _("What the city keeps about you"),
        "city": city.title[language],
        "accent": city.colours.get("accent", _USUAL_ACCENT),
        "made": made,
        "says": [
            made,
            _("The same stands in data.json, for machines. Your files and papers are in “files”."),
        ],
        "sections": [section.as_data() for section in sections if section is not None],
    }


def _account(found: Everything, city: City, language: str) -> Section | None:
    account = found.account
    if account is None:
        return None
    groups = [
        Group(
            "",
            kept_rows(
                (_("Name"), account.name),
                (_("Sign-in name"), account.user_name),
                (_("E-mail address"), "\n".join(one.address for one in account.email_addresses)),
                (_("Account made"), wording.moment(account.made_at, language)),
                (
                    _("Last sign-in"),
                    wording.moment(account.signed_in_at, language) if account.signed_in_at else "",
                ),
                (_("Second factor"), _factors(found, language)),
                (_("Told by"), _told_by(found)),
                (_("Telephone"), found.telling.phone if found.telling is not None else ""),
            ),
        )
    ]
    groups += [
        Group(
            agency_words(post.agency, city, language),
            kept_rows(
                (
                    _("Role"),
                    city.roles[post.role].title[language] if post.role in city.roles else post.role,
                ),
                (_("Office"), post.office_number),
                (_("From"), wording.short_day(post.since, language)),
                (_("Until"), wording.short_day(post.until, language) if post.until else ""),
            ),
        )
        for post in account.posts
    ]
    groups += [
        Group(
            _("Stood in for a colleague") if away.stood_in else _("Away"),
            kept_rows(
                (_("From"), wording.short_day(away.from_day, language)),
                (_("Until"), wording.short_day(away.until_day, language)),
                (_("Taken back"), _("Yes") if away.withdrawn else ""),
            ),
        )
        for away in account.absences
    ]
    return Section(_("Your account"), groups)


def _factors(found: Everything, language: str) -> str:
    names = {
        "totp": _("App with one-time codes"),
        "webauthn": _("Passkey"),
        "recovery_codes": _("Recovery codes"),
    }
    kept = found.account.second_factors if found.account is not None else ()
    return "\n".join(
        f"{names.get(one.kind, one.kind)} · {wording.moment(one.made_at, language)}" for one in kept
    )


def _told_by(found: Everything) -> str:
    if found.telling is None:
        return ""
    chosen = [
        (found.telling.email, _("E-mail")),
        (found.telling.sms, _("Short message")),
        (found.telling.letter, _("Printed letter")),
    ]
    return "\n".join([_("Mailbox"), *(name for wanted, name in chosen if wanted)])


def _subject(subject: SubjectKept | None, city: City, language: str) -> list[Section]:
    """Return what is registered of a person or an organisation, and the records about it."""
    if subject is None:
        return []
    groups = [
        Group("", _register_rows(subject, place, city, language))
        for place in range(len(subject.register))
    ]
    groups += [
        Group(
            _("Household %(number)s") % {"number": tie.household_number},
            kept_rows(
                (_("Place in the household"), _relation(tie.relation)),
                (_("From"), wording.short_day(tie.since, language)),
                (_("Until"), wording.short_day(tie.until, language) if tie.until else ""),
                (_("Address"), tie.address),
            ),
        )
        for tie in subject.household_ties
    ]
    of = [one for one in subject.register if one.legal_representative]
    register = (
        _("Register: %(name)s") % {"name": subject.name} if of else _("Register of residents")
    )
    records = _("Records: %(name)s") % {"name": subject.name} if of else _("Records about you")
    return [
        Section(register, groups),
        Section(
            records,
            [_record(row, city, language) for row in subject.records],
            none=_("No office has a record here."),
        ),
    ]


def _register_rows(
    subject: SubjectKept, place: int, city: City, language: str
) -> Sequence[tuple[str, str]]:
    entry = subject.register[place]
    rows = [
        (
            fact_label(f"person.{key}", city, language),
            shown_fact(f"person.{key}", getattr(entry, key), city, language)
            if getattr(entry, key)
            else "",
        )
        for key in _REGISTER
    ]
    division = shown_fact("person.district", entry.division, city, language)
    return kept_rows(
        *rows,
        (fact_label("person.division", city, language), division if entry.division else ""),
        (_("Legal representative"), entry.legal_representative),
        (_("Registered on"), wording.moment(entry.registered_at, language)),
    )


def _relation(relation: str) -> str:
    words = {
        Relation.HEAD: _("head of the household"),
        Relation.SPOUSE: _("spouse"),
        Relation.CHILD: _("child"),
        Relation.PARENT: _("parent"),
        Relation.OTHER: _("other member"),
    }
    return words[Relation(relation)]


def _record(row: RecordKept, city: City, language: str) -> Group:
    declared = city.data_sets.get(row.data_set)
    owner = agency_words(declared.owner, city, language) if declared is not None else ""
    facts = [
        (
            fact_label(f"{row.data_set}.{key}", city, language),
            shown_fact(f"{row.data_set}.{key}", value, city, language) if value is not None else "",
        )
        for key, value in row.values.items()
    ]
    return Group(
        record_title(row.data_set, city, language),
        kept_rows(
            *facts,
            (_("As of"), wording.short_day(row.as_of, language)),
            (_("Kept by"), owner),
            (_("Source"), row.source_id),
            (_("About"), _("your household") if row.of_household else ""),
        ),
    )


def _ties(found: Everything, language: str) -> Section | None:
    """Return how the account came to its person, and which ids were found to be one person."""
    people = found.people
    groups = [
        Group(
            _("Code by post asked for"),
            kept_rows(
                (_("On"), wording.moment(wish.asked_at, language)),
                (
                    _("Code entered"),
                    wording.moment(wish.confirmed_at, language) if wish.confirmed_at else "",
                ),
            ),
        )
        for wish in people.tie_wishes
    ]
    groups += [
        Group(
            _("Letter with a code"),
            kept_rows(
                (_("Name"), letter.name),
                (_("Address"), letter.address),
                (
                    _("Posted"),
                    wording.moment(letter.posted_at, language) if letter.posted_at else "",
                ),
            ),
        )
        for letter in people.code_letters
    ]
    groups += [
        Group(
            _("Two entries of one person"),
            kept_rows(
                (_("Entries"), f"{merge.id}\n{merge.surviving_id}"),
                (_("Reason"), merge.reason),
                (_("From"), wording.moment(merge.merged_at, language)),
                (_("Until"), wording.moment(merge.ended_at, language) if merge.ended_at else ""),
            ),
        )
        for merge in people.merges
    ]
    return Section(_("How the account and you belong together"), groups) if groups else None


def _messages(messages: Iterable[MessageView], language: str) -> Section:
    groups = [
        Group(
            message.subject[language],
            kept_rows(
                (_("Receipt number"), message.case_receipt),
                (_("Arrived"), wording.moment(message.posted_at, language)),
                *((row.key, row.value) for row in told_rows(message, language)),
            ),
            tuple(part for part in message.body[language].split("\n\n") if part),
        )
        for message in messages
    ]
    return Section(_("Messages"), groups, none=_("There is no message."))


def _code_messages(found: Everything, language: str) -> Section | None:
    groups = [
        Group("", [(way_words(one.way), f"{one.address}\n{state_words(one, language)}")])
        for one in found.code_messages
    ]
    return Section(_("Codes sent to you"), groups) if groups else None


def _readings(found: Everything, city: City, language: str) -> Section:
    groups = [
        Group(
            sitting.purpose,
            kept_rows(
                (_("Read by"), sitting.agency or _("The system, without a person")),
                (_("Office"), sitting.office),
                *(
                    (
                        wording.moment(read.at, language),
                        " · ".join(
                            filter(None, (read.organisation, read.record, _listed(read.fields)))
                        ),
                    )
                    for read in sitting.reads
                ),
            ),
        )
        for sitting in sittings_of(found.readings, city, language)
    ]
    return Section(_("Who read your data"), groups, none=_("Nobody has read your data yet."))


def _listed(fields: Sequence[str]) -> str:
    return _(", ").join(fields)
