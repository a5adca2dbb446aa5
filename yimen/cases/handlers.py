"""What cases do when something happened: started by the ledger, run by the worker, at least once.

Each handler calls one action that changes nothing the second time.
"""

import logging
from uuid import UUID

from procrastinate import BaseRetryStrategy, RetryDecision, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from yimen.base.actor import SYSTEM
from yimen.cases import actions
from yimen.keys.rules import KeyTrouble

log = logging.getLogger(__name__)

_RETRY = RetryStrategy(max_attempts=12, exponential_wait=3)
_LONGEST_WAIT = 3600  # seconds


class _UntilSealed(BaseRetryStrategy):
    """Tries as all jobs do, and goes on for as long as a key cannot be used.

    The decision is made: no paper is given up because a security module was away for a week.
    """

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if not isinstance(exception, KeyTrouble):
            return _RETRY.get_retry_decision(exception=exception, job=job)
        wait = _RETRY.exponential_wait ** min(job.attempts + 1, 8)
        return RetryDecision(retry_in={"seconds": min(wait, _LONGEST_WAIT)})


def _case_of(person_id: str | None, payload: dict[str, object]) -> tuple[UUID, UUID]:
    return UUID(str(person_id)), UUID(str(payload["case_id"]))


@app.task(name="yimen.cases.handlers.start_process", queue="cases", retry=_RETRY)
def start_process(event_id: str, person_id: str | None, payload: dict[str, object]) -> None:
    """Start the process of a case that was submitted."""
    actions.start_process(SYSTEM, *_case_of(person_id, payload))


@app.task(name="yimen.cases.handlers.issue_document", queue="cases", retry=_UntilSealed())
def issue_document(event_id: str, person_id: str | None, payload: dict[str, object]) -> None:
    """Make the paper of a case that was decided; without its seal there is none."""
    person, case = _case_of(person_id, payload)
    try:
        actions.issue_document(SYSTEM, person, case)
    except KeyTrouble as trouble:
        log.error("The paper of case %s waits for its seal, and is tried again: %s", case, trouble)
        raise


@app.task(name="yimen.cases.handlers.keep_seals", queue="cases", retry=_RETRY)
def keep_seals(event_id: str, person_id: str | None, payload: dict[str, object]) -> None:
    """Make the city's root when a city was applied, so that people can fetch it before a paper."""
    try:
        actions.keep_seals()
    except KeyTrouble as trouble:
        log.error("The city has no root certificate yet; each hour tries to make it: %s", trouble)


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
