"""The rows of one case that actions and reads need alike."""

from collections.abc import Iterable
from uuid import UUID

from yimen.base.deadline import Stop
from yimen.cases.models import Application, Case, ClockStop, Decision, Extension, Task
from yimen.cases.rules.clocks import Clocks, clocks
from yimen.cases.rules.errors import check_found
from yimen.cases.types import ExtensionState, TaskState
from yimen.catalogue.definition import Service
from yimen.catalogue.queries import current_city, service_version


def service_of(case: Case) -> Service:
    """Return the service as it was when the case was submitted."""
    return service_version(case.service_code, case.service_version)


def application_of(case: Case) -> Application:
    """Return the application that the case handles."""
    return Application.objects.get(person_id=case.person_id, id=case.id)


def decision_in_force(case: Case) -> Decision | None:
    """Return the decision of a case that was neither revoked nor corrected."""
    rows = Decision.objects.filter(person_id=case.person_id, case_id=case.id)
    return rows.filter(ended_at__isnull=True).first()


def tasks_of(case: Case) -> list[Task]:
    """Return the tasks of a case in the order in which they were opened."""
    rows = Task.objects.filter(person_id=case.person_id, case_id=case.id)
    return list(rows.order_by("opened_at", "id"))


def hold_task(case: Case, task_id: UUID) -> Task:
    """Return one task of a case, held until the transaction ends, or refuse with `NotFound`."""
    rows = Task.objects.filter(person_id=case.person_id, case_id=case.id, id=task_id)
    return check_found(rows.select_for_update().first())


def stops_of(case: Case) -> list[Stop]:
    """Return the times in which the clock of a case stood or stands."""
    return as_stops(ClockStop.objects.filter(person_id=case.person_id, case_id=case.id))


def as_stops(rows: Iterable[ClockStop]) -> list[Stop]:
    """Return rows as the clock reads them."""
    return [Stop(row.since, row.until, row.reason) for row in rows]


def extension_days_of(case: Case) -> int:
    """Return by how many days the limits of a case were extended."""
    rows = Extension.objects.filter(
        person_id=case.person_id, case_id=case.id, state=ExtensionState.APPROVED
    )
    return sum(row.days for row in rows)


def clocks_of(case: Case, service: Service) -> Clocks:
    """Return both clocks of a case by the calendar applied now."""
    return clocks(
        service,
        case.submitted_on,
        current_city().calendar,
        stops=stops_of(case),
        extension_days=extension_days_of(case),
    )


def outcomes(tasks: Iterable[Task]) -> dict[str, str]:
    """Return what conditions of a process may look at: the latest outcome of each task."""
    done = [task for task in tasks if task.state == TaskState.DONE]
    done.sort(key=lambda task: task.done_at or task.opened_at)
    return {f"task.{task.key}": task.outcome for task in done}
