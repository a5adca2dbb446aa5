"""What cases do when something happened: started by the ledger, run by the worker, at least once.

Each handler calls one action that changes nothing the second time.
"""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from yimen.base.actor import SYSTEM
from yimen.cases import actions

_RETRY = RetryStrategy(max_attempts=12, exponential_wait=3)


def _case_of(person_id: str | None, payload: dict[str, object]) -> tuple[UUID, UUID]:
    return UUID(str(person_id)), UUID(str(payload["case_id"]))


@app.task(name="yimen.cases.handlers.start_process", queue="cases", retry=_RETRY)
def start_process(event_id: str, person_id: str | None, payload: dict[str, object]) -> None:
    """Start the process of a case that was submitted."""
    actions.start_process(SYSTEM, *_case_of(person_id, payload))


@app.task(name="yimen.cases.handlers.issue_document", queue="cases", retry=_RETRY)
def issue_document(event_id: str, person_id: str | None, payload: dict[str, object]) -> None:
    """Make the certificate or the refusal letter of a case that was decided."""
    actions.issue_document(SYSTEM, *_case_of(person_id, payload))


@app.task(name="yimen.cases.handlers.tell_of_correction", queue="cases", retry=_RETRY)
def tell_of_correction(event_id: str, person_id: str | None, payload: dict[str, object]) -> None:
    """Tell a resident that it is their turn."""
    person, case = _case_of(person_id, payload)
    actions.tell_of_correction(SYSTEM, person, case, UUID(str(payload["correction_id"])))


@app.task(name="yimen.cases.handlers.tell_of_extension", queue="cases", retry=_RETRY)
def tell_of_extension(event_id: str, person_id: str | None, payload: dict[str, object]) -> None:
    """Tell an applicant that the decision takes longer."""
    person, case = _case_of(person_id, payload)
    actions.tell_of_extension(SYSTEM, person, case, UUID(str(payload["extension_id"])))


@app.task(name="yimen.cases.handlers.tell_of_lateness", queue="cases", retry=_RETRY)
def tell_of_lateness(event_id: str, person_id: str | None, payload: dict[str, object]) -> None:
    """Apologise to an applicant, with the reason and the new day."""
    person, case = _case_of(person_id, payload)
    actions.tell_of_lateness(SYSTEM, person, case, UUID(str(payload["missed_id"])))


@app.task(name="yimen.cases.handlers.tell_of_withdrawal", queue="cases", retry=_RETRY)
def tell_of_withdrawal(event_id: str, person_id: str | None, payload: dict[str, object]) -> None:
    """Confirm to an applicant that the application is withdrawn."""
    actions.tell_of_withdrawal(SYSTEM, *_case_of(person_id, payload))


@app.task(name="yimen.cases.handlers.tell_of_voiding", queue="cases", retry=_RETRY)
def tell_of_voiding(event_id: str, person_id: str | None, payload: dict[str, object]) -> None:
    """Tell somebody that an application in their name is void."""
    actions.tell_of_voiding(SYSTEM, *_case_of(person_id, payload))


@app.task(name="yimen.cases.handlers.order_recheck", queue="cases", retry=_RETRY)
def order_recheck(event_id: str, person_id: str | None, payload: dict[str, object]) -> None:
    """Have a decision changed that was contested with success."""
    actions.order_recheck(SYSTEM, *_case_of(person_id, payload))


@app.task(name="yimen.cases.handlers.tell_of_recheck", queue="cases", retry=_RETRY)
def tell_of_recheck(event_id: str, person_id: str | None, payload: dict[str, object]) -> None:
    """Tell an applicant that a decision is looked at again, or that it stands."""
    person, case = _case_of(person_id, payload)
    actions.tell_of_recheck(SYSTEM, person, case, UUID(str(payload["recheck_id"])))


@app.task(name="yimen.cases.handlers.release_left_tasks", queue="cases", retry=_RETRY)
def release_left_tasks(event_id: str, person_id: str | None, payload: dict[str, object]) -> None:
    """Give back the tasks of an officer whose post was ended."""
    account_id, agency = int(str(payload["account_id"])), str(payload["agency"])
    while actions.release_left_tasks(SYSTEM, account_id, agency):
        pass


@app.task(name="yimen.cases.handlers.recompute_deadlines", queue="cases", retry=_RETRY)
def recompute_deadlines(event_id: str, person_id: str | None, payload: dict[str, object]) -> None:
    """Compute open cases anew after a city was applied; at once done when the calendar is as before."""
    while actions.recompute_deadlines(SYSTEM):
        pass
