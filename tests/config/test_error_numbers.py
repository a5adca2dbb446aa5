"""Each page of an error shows a number; `yimen doctor NUMBER` says what stood behind it."""

import http.client
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from tests.config.conftest import ROOT, Running, wait_for

pytestmark = pytest.mark.faults

SECRETS = ("310100194903070028", "wang-xiaoming", "6222020200112233")


def ask(
    house: Running, method: str, path: str, body: str = "", **headers: str
) -> tuple[int, str, str]:
    """Ask the web server; return status, number in the header and the body."""
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=20)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers["Yimen-Error"] or "", answer.read().decode()
    finally:
        connection.close()


def number_of(page: str, label: str) -> str:
    found = re.search(rf"{label}([0-9A-Z]{{4}}-[0-9A-Z]{{4}})", page)
    assert found, page
    return found.group(1)


@pytest.fixture(scope="module")
def answering(place: Path, prepared: Path) -> Iterator[Running]:
    """A house with its styles, without which no page can be drawn."""
    folder = place / "answering"
    subprocess.run(["/bin/cp", "-a", prepared, folder], check=True)
    running = Running(folder, ROOT / ".cache" / "static").start()
    yield running
    running.end()
    shutil.rmtree(folder)


def test_the_page_shows_the_number_in_both_languages_and_the_header_has_it(
    answering: Running,
) -> None:
    for path, label in (("/nowhere/", "编号："), ("/en/nowhere/", "Number: ")):
        status, header, page = ask(answering, "GET", path)
        assert status == 404
        assert number_of(page, label) == header


def test_the_doctor_explains_a_number_as_it_was_read_out(answering: Running) -> None:
    _, number, _ = ask(answering, "GET", "/en/nowhere/")
    said = answering.command("doctor", number.lower().replace("-", " "))
    assert said.returncode == 0, said.stderr
    assert "answered with 404" in said.stdout
    assert "Nothing is broken." in said.stdout
    entry = json.loads(answering.command("doctor", number, "--json").stdout)
    assert (entry["number"], entry["status"], entry["method"]) == (number, 404, "GET")


def test_an_answer_of_the_api_carries_a_number_too(answering: Running) -> None:
    status, number, _ = ask(answering, "GET", "/api/v1/services/no-such-service")
    assert status == 404
    entry = json.loads(answering.command("doctor", number, "--json").stdout)
    assert entry["address"] == "api/v1/services/<code>"
    assert "yimen.cases.rules.errors.UnknownService" in entry["exception"]


def test_a_fault_of_ours_is_told_with_its_place(answering: Running) -> None:
    answering.ask("ALTER TABLE django_session RENAME TO away")
    try:
        status, number, page = ask(answering, "GET", "/en/account/", Cookie="sessionid=" + "a" * 32)
    finally:
        answering.ask("ALTER TABLE away RENAME TO django_session")
    assert (status, number) == (500, number_of(page, "Number: "))
    said = answering.command("doctor", number).stdout
    assert "django.db.utils.ProgrammingError at" in said
    assert "a fault of the program" in said


@pytest.mark.parametrize("typed", ["K7MN", "AAAA-AAAA", "../../etc"])
def test_what_is_no_number_is_refused_in_a_sentence(answering: Running, typed: str) -> None:
    said = answering.command("doctor", typed)
    assert said.returncode == 1
    assert "is not the number of an error page" in said.stderr


def test_an_unknown_number_and_a_missing_folder_are_refused(
    answering: Running, place: Path
) -> None:
    assert "Nothing is written down under" in answering.command("doctor", "0000-0000").stderr
    nowhere = answering.command("doctor", "0000-0000", YIMEN_DATA=str(place / "nowhere"))
    assert "There is no data folder" in nowhere.stderr
    assert not (place / "nowhere").exists()


def test_nothing_that_people_send_is_written_into_any_log(answering: Running) -> None:
    name = quote(SECRETS[1])
    form = urlencode({"name": SECRETS[1], "id_number": SECRETS[0], "bank_account": SECRETS[2]})
    kinds = {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://x/{name}"}
    tries = [
        ("GET", f"/en/{name}/", ""),
        ("GET", f"/en/services/?q={SECRETS[0]}", ""),
        ("GET", f"/en/verify/{SECRETS[0]}/", ""),
        ("GET", f"/en/account/cases/{SECRETS[0]}/", ""),
        ("POST", "/en/account/login/", form),
        ("POST", f"/api/v1/applications?name={name}", json.dumps({"answers": {"n": SECRETS[0]}})),
        ("GET", f"/api/v1/services/{name}", ""),
        (SECRETS[1], "/en/", ""),
    ]
    seen = [ask(answering, method, path, body, **kinds) for method, path, body in tries]
    ask(answering, "GET", "/en/", Host=f"{SECRETS[1]}.example")
    assert sum(1 for status, number, _ in seen if status >= 400 and number) >= 5
    # A statement that the database refuses, and a job that fails with somebody's name in hand.
    with pytest.raises(Exception, match="invalid input syntax"):
        answering.ask(f"SELECT '{SECRETS[1]}'::int")
    answering.ask(
        "INSERT INTO procrastinate_jobs (task_name, queue_name, args) VALUES"
        f" ('yimen.mailbox.tasks.send_email', 'default', '{{\"name\": \"{SECRETS[1]}\"}}')"
    )
    serious = "yimen.mailbox.tasks.send_email"
    wait_for(lambda: serious in (answering.data / "log" / "worker.log").read_text())
    logs = [*(answering.data / "log").iterdir(), answering.data / "postgres.log"]
    assert len(logs) >= 4
    for log in logs:
        for secret in SECRETS:
            assert secret not in log.read_text(), log
    for line in (answering.data / "log" / "worker.log").read_text().splitlines():
        json.loads(line)
