"""The list of the desk over a million cases, beside fifty rows by their keys on the same server.

    .venv/bin/python -m bench.desk_list [--cases 1000000] [--requests 300] [--connections 4]

A database of its own is filled by COPY: every case with its application, its receipt number and one
task, which is open for one case in twenty. Then an officer with a second factor asks for the whole
first page of the desk, over HTTP, with every filter: one request after the other, and without pause
from several connections. The database ends with the measurement.
"""

import argparse
import contextlib
import http.client
import json
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

import psutil
import psycopg

from bench.ground import ROOT, Ground, running, show, wrk
from yimen.base.clock import now

CASES_OF_A_PERSON = 5
OPEN_ONE_IN = 20
OFFICERS = 20  # of each agency, to whom claimed tasks belong
AIM_MS = 100
_PEOPLE = ("id", "kind", "provisional", "name", "document", "number", "sex", "category", "division",
           "address", "phone", "registered_at")  # fmt: skip
_APPLICATION = ("person_id", "id", "receipt_number", "service_code", "service_version", "answers",
                "language", "channel", "submitted_at", "identified", "submitted_agency",
                "submitted_number", "fee")  # fmt: skip
_CASE = ("person_id", "id", "receipt_number", "state", "outcome", "agency", "agencies",
         "service_code", "service_version", "submitted_on", "opened_at", "closed_at",
         "statutory_due", "promised_due", "calendar_mark")  # fmt: skip
_TASK = ("person_id", "id", "case_id", "key", "kind", "title", "binding", "agency", "role",
         "service_code", "receipt_number", "applicant", "state", "due", "waiting", "assignee",
         "assignee_number", "opened_at", "claimed_at", "done_at", "outcome", "reason")  # fmt: skip
_LOOKUP = ("receipt_number", "person_id", "case_id")
_SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗"
_GIVEN = "建国秀英志强丽华小明芳伟娟敏静磊洋勇军杰涛超霞平刚桂兰"


@dataclass(frozen=True)
class Work:
    """A kind of task that cases wait at: of which service, which agency, which kind."""

    service: str
    agency: str
    kind: str


def main() -> None:
    """Fill, measure, and print a table and JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=1_000_000)
    options.add_argument("--requests", type=int, default=300)
    options.add_argument("--connections", type=int, default=4)
    options.add_argument("--seconds", type=int, default=8)
    chosen = options.parse_args()
    with running(ROOT / "cities" / "shanghai") as ground:
        account, session = an_officer()
        began = time.monotonic()
        open_tasks = fill(ground.database_url, chosen.cases, account)
        filled = time.monotonic() - began
        bare = by_key(ground.database_url, chosen.requests)
        measured = {
            name: ask(ground, path, session, chosen.requests)
            for name, path in pages(ground.database_url).items()
        }
        without_pause = hammer(ground, session, chosen.connections, chosen.seconds)
    report: dict[str, object] = {
        "cases": chosen.cases, "open_tasks": open_tasks, "fill_seconds": round(filled, 1),
        "pages": measured, "select_by_key": bare, "without_pause": without_pause,
        "connections": chosen.connections,
    }  # fmt: skip
    show(
        f"The desk's first page over {chosen.cases:,} cases, {open_tasks:,} open tasks",
        ["", "p50 ms", "p95 ms", "x select by key", "CPU ms"],
        [
            *(
                [name, f"{t['p50']:.1f}", f"{t['p95']:.1f}", f"{t['p95'] / bare['p95']:.0f}",
                 f"{t['cpu']:.0f}"]
                for name, t in measured.items()
            ),
            ["select 50 rows by key", f"{bare['p50']:.2f}", f"{bare['p95']:.2f}", "1", ""],
            [f"whole list, {chosen.connections} at once, {without_pause['rate']:.0f}/s",
             f"{without_pause['p50']:.1f}", f"{without_pause['p95']:.1f}", "", ""],
            ["aim", "", f"{AIM_MS}", "", ""],
        ],
        report,
    )  # fmt: skip


def an_officer() -> tuple[int, str]:
    """Make an officer of the police, and return the account with a session after both factors."""
    from django.test import Client

    from yimen.accounts import actions
    from yimen.base.actor import SYSTEM

    account = actions.make_staff_account(
        SYSTEM, username="bench-officer", name="何丽", email="bench-officer@example.org"
    )
    actions.give_post(SYSTEM, account.pk, agency="police", role="officer", office_number="311")
    client = Client()
    client.force_login(account)
    session = client.session
    methods = [{"method": method, "at": time.time()} for method in ("password", "mfa")]
    session["account_authentication_methods"] = methods
    session["account_authentication_methods_user"] = str(account.pk)
    session.save()
    return int(account.pk), str(client.cookies["sessionid"].value)


# Filling


def fill(database_url: str, cases: int, account: int) -> int:
    """Copy the cases into the database, and return how many tasks are open."""
    works = kinds_of_work()
    rows = Rows(cases, works, account)
    with psycopg.connect(database_url) as connection:
        for name, columns in rows.columns.items():
            _copy(connection, name, columns, rows.of(name), cases)
        connection.commit()
        connection.autocommit = True
        for name in rows.columns:
            connection.execute(f"VACUUM ANALYZE {name}")
        row = connection.execute(
            "SELECT count(*) FROM cases_task WHERE state IN ('open', 'claimed')"
        ).fetchone()
    return int(row[0]) if row else 0


def kinds_of_work() -> list[Work]:
    """Return the services of the city with the first task of their processes."""
    from yimen.catalogue.queries import current_city

    city = current_city()
    found = []
    for service in city.services.values():
        process = city.processes[service.process]
        found.extend(
            Work(service.code, service.agency_for(task.binding), str(task.kind))
            for task in process.tasks
            if task.role == "officer"
        )
    return found


def _copy(
    connection: psycopg.Connection[Any],
    table: str,
    columns: tuple[str, ...],
    rows: Iterable[tuple[object, ...]],
    cases: int,
) -> None:
    began = time.monotonic()
    with connection.cursor() as cursor:
        names = ", ".join(columns)
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for number, row in enumerate(rows, 1):
                copy.write_row(row)
                if number % 50_000 == 0:
                    rate = number / (time.monotonic() - began)
                    sys.stderr.write(f"\r{table}: {number:,} of up to {cases:,}, {rate:,.0f}/s ")
    sys.stderr.write("\n")


class Rows:
    """The rows of each table, the same for every table that asks: made from the case's number."""

    columns = {
        "people_person": _PEOPLE,
        "cases_application": _APPLICATION,
        "cases_case": _CASE,
        "cases_receiptlookup": _LOOKUP,
        "cases_task": _TASK,
    }

    def __init__(self, cases: int, works: list[Work], account: int) -> None:
        self.cases, self.works, self.account = cases, works, account
        self.now = now()
        self.today = self.now.date()

    def of(self, table: str) -> Iterator[tuple[object, ...]]:
        """Return the rows of one table."""
        makers = {
            "people_person": self._persons,
            "cases_application": self._applications,
            "cases_case": self._cases,
            "cases_receiptlookup": self._lookups,
            "cases_task": self._tasks,
        }
        return makers[table]()

    def _ids(self, number: int) -> tuple[UUID, UUID, str]:
        person = UUID(int=(1 << 100) + number // CASES_OF_A_PERSON)
        return person, UUID(int=(2 << 100) + number), f"261101-{number:08d}"

    def _name(self, number: int) -> str:
        person = number // CASES_OF_A_PERSON
        first, second = divmod(person, len(_SURNAMES))
        return _SURNAMES[second] + _GIVEN[first % len(_GIVEN)] + _GIVEN[first // 7 % len(_GIVEN)]

    def _is_open(self, number: int) -> bool:
        return number % OPEN_ONE_IN == 0

    def _work(self, number: int) -> Work:
        return self.works[number // OPEN_ONE_IN % len(self.works)]

    def _due(self, number: int) -> date:
        return self.today + timedelta(days=(number * 7919) % 30 - 4)

    def _persons(self) -> Iterator[tuple[object, ...]]:
        for number in range(0, self.cases, CASES_OF_A_PERSON):
            person, _case, _receipt = self._ids(number)
            yield (person, "natural", False, self._name(number), "", "", "", "registered", "",
                   "", "", self.now)  # fmt: skip

    def _applications(self) -> Iterator[tuple[object, ...]]:
        for number in range(self.cases):
            person, case, receipt = self._ids(number)
            yield (person, case, receipt, self._work(number).service, 1, "{}", "zh", "portal",
                   self.now, True, "", "", 0)  # fmt: skip

    def _cases(self) -> Iterator[tuple[object, ...]]:
        for number in range(self.cases):
            person, case, receipt = self._ids(number)
            work, is_open, due = self._work(number), self._is_open(number), self._due(number)
            yield (person, case, receipt, "handling" if is_open else "closed",
                   "" if is_open else "approved", work.agency, [work.agency], work.service, 1,
                   self.today, self.now, None if is_open else self.now, due, due, "bench")  # fmt: skip

    def _lookups(self) -> Iterator[tuple[object, ...]]:
        for number in range(self.cases):
            person, case, receipt = self._ids(number)
            yield receipt, person, case

    def _tasks(self) -> Iterator[tuple[object, ...]]:
        title = json.dumps({"zh": "审查材料", "en": "Review the documents"}, ensure_ascii=False)
        for number in range(self.cases):
            person, case, receipt = self._ids(number)
            work, is_open = self._work(number), self._is_open(number)
            turn = number // OPEN_ONE_IN
            standing = is_open and turn % 20 == 0
            claimed = not is_open or turn % 3 == 0
            # The officer who asks has as much claimed work as each colleague.
            whom = self.account if turn // 3 % OFFICERS == 0 else self.account + 1 + turn % OFFICERS
            state = "done" if not is_open else "claimed" if claimed else "open"
            yield (person, UUID(int=(3 << 100) + number), case, "review", work.kind, title, "lead",
                   work.agency, "officer", work.service, receipt, self._name(number), state,
                   date(9999, 12, 31) if standing else self._due(number), standing,
                   whom if claimed else None, "312" if claimed else "", self.now,
                   self.now if claimed else None, None if is_open else self.now,
                   "" if is_open else "complete", "")  # fmt: skip


# Measuring


def pages(database_url: str) -> dict[str, str]:
    """Return the addresses to measure: the whole list, each filter, and a page far down."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "SELECT due, id, receipt_number, applicant FROM cases_task"
            " WHERE agency = 'police' AND role = 'officer' AND state IN ('open', 'claimed')"
            " AND NOT waiting ORDER BY due, id LIMIT 1 OFFSET 200"
        ).fetchone()
    if row is None:
        raise SystemExit("no open task: fill in more cases")
    due, last, receipt, applicant = row
    return {
        "whole list": "/desk/",
        "a page far down": f"/desk/?after={due}_{last}",
        "mine": "/desk/?whose=mine",
        "unclaimed": "/desk/?whose=unclaimed",
        "late": "/desk/?due=late",
        "resident's turn": "/desk/?due=standing",
        "one service": "/desk/?service=residence-permit",
        "one kind of task": "/desk/?kind=opinion",
        "service, kind, unclaimed, soon":
            "/desk/?service=passport-application&kind=review&whose=unclaimed&due=soon",
        "receipt number": f"/desk/?words={receipt}",
        "name": f"/desk/?words={quote(applicant)}",
        "a name that nobody has": f"/desk/?words={quote('欧阳无名')}",
    }  # fmt: skip


def ask(ground: Ground, path: str, session: str, requests: int) -> dict[str, float]:
    """Ask for a page again and again over one connection."""
    where = urlsplit(ground.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
    times = []
    spent = 0.0
    for number in range(requests + 10):
        if number == 10:
            spent = cpu_seconds(ground)
        began = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": f"sessionid={session}"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}:\n{body[:500]!r}")
        if number >= 10:  # the first ones warm it up
            times.append((time.perf_counter() - began) * 1000)
    connection.close()
    spent = cpu_seconds(ground) - spent
    return {**_percentiles(times), "cpu": round(spent / requests * 1000, 1)}


def cpu_seconds(ground: Ground) -> float:
    """Return the processor time that web server and database have used: busy neighbours add none."""
    postmaster = next(ground.data_folder.rglob("postmaster.pid")).read_text().split("\n", 1)[0]
    total = 0.0
    for root in (ground.web.pid, int(postmaster)):
        process = psutil.Process(root)
        for each in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = each.cpu_times()
                total += times.user + times.system
    return total


def by_key(database_url: str, requests: int) -> dict[str, float]:
    """Select fifty open tasks by their keys, as cheaply as the server can give them."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        keys = connection.execute(
            "SELECT person_id, id FROM cases_task WHERE state = 'open' LIMIT 50"
        ).fetchall()
        persons, ids = [key[0] for key in keys], [key[1] for key in keys]
        statement = (
            "SELECT t.* FROM unnest(%s::uuid[], %s::uuid[]) AS k(person_id, id)"
            " JOIN cases_task AS t USING (person_id, id)"
        )
        times = []
        for _ in range(requests):
            began = time.perf_counter()
            connection.execute(statement, (persons, ids)).fetchall()
            times.append((time.perf_counter() - began) * 1000)
    return _percentiles(times)


def _percentiles(times: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(times, n=100)
    return {"p50": round(cuts[49], 2), "p95": round(cuts[94], 2), "p99": round(cuts[98], 2)}


def hammer(ground: Ground, session: str, connections: int, seconds: int) -> dict[str, float]:
    """Ask for the whole list without pause from several connections with wrk."""
    return wrk(f"{ground.url}/desk/", seconds=seconds, connections=connections, session=session)


if __name__ == "__main__":
    main()
