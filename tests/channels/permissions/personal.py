"""What of people nobody but they and their office may read: every such value in the database."""

from collections.abc import Iterator

from yimen.accounts.models import Account
from yimen.cases.models import Case
from yimen.cases.queries.handling import application_of
from yimen.catalogue.queries import current_city
from yimen.catalogue.types import FieldKind
from yimen.people.models import Person

WRITTEN_FREELY = frozenset({FieldKind.TEXT, FieldKind.EMAIL, FieldKind.PHONE, FieldKind.ID_NUMBER})
SHORTEST_ANSWER = 6  # "是" and "work" stand on every page


def answers() -> set[str]:
    """Return what applicants wrote in words of their own: addresses, numbers, telephones."""
    return set(_answers())


def _answers() -> Iterator[str]:
    services = current_city().services
    for case in Case.objects.all():
        application = application_of(case)
        for field in services[case.service_code].fields:
            value = str(application.answers.get(field.key, ""))
            if field.kind in WRITTEN_FREELY and len(value) >= SHORTEST_ANSWER:
                yield value


def names() -> set[str]:
    """Return the names of residents and staff, and by which names they sign in."""
    people = set(Person.objects.values_list("name", flat=True))
    staff = set(Account.objects.values_list("first_name", flat=True))
    return (people | staff | set(Account.objects.values_list("email", flat=True))) - {""}


def receipt_numbers() -> set[str]:
    """Return the numbers of all cases."""
    return set(Case.objects.values_list("receipt_number", flat=True))
