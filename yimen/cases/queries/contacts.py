"""What an applicant is called, and how they can be reached."""

from yimen.cases.models import Application, Case
from yimen.cases.queries.handling import application_of, service_of
from yimen.cases.rules.papers import name_in
from yimen.catalogue.definition import Service
from yimen.catalogue.types import FieldKind
from yimen.mailbox.queries import address_of
from yimen.people.models import Person


def stated_address(service: Service, application: Application) -> str:
    """Return the e-mail address that the application states, or ""."""
    for field in service.fields:
        if field.kind is FieldKind.EMAIL and application.answers.get(field.key):
            return str(application.answers[field.key])
    return ""


def address_for(case: Case) -> str:
    """Return the address at which the applicant is reached, or ""."""
    return address_of(case.person_id, stated_address(service_of(case), application_of(case)))


def applicant_name(case: Case, application: Application) -> str:
    """Return the registered name, else the one that the application states.

    For lists with name and receipt number only: nothing else of the person is read, so this is no
    entry in the list of readings.
    """
    row = Person.objects.filter(pk=case.person_id).values_list("name", flat=True).first()
    return row or name_in(application.answers)
