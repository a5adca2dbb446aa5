"""Every paper bears the seal of the agency that decided, or there is no paper."""

import logging
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
import time_machine
from city_life import a_person, officer, resident, reviewed, started, task, work
from procrastinate.contrib.django import app
from procrastinate.jobs import Job
from pytest_django import Settings
from sealing_life import Trust, root_pem

from yimen.base.actor import SYSTEM, Actor
from yimen.base.clock import now
from yimen.cases import actions, handlers, tasks
from yimen.cases.models import DocumentCode, IssuedDocument
from yimen.cases.queries import document_by_hash
from yimen.cases.types import Receipt, TaskOutcome
from yimen.catalogue.definition import City
from yimen.keys import queries as keys
from yimen.keys.actions import ensure_keys
from yimen.keys.rules import KeyTrouble, TokenUnavailable
from yimen.ledger.queries import open_document
from yimen.mailbox.queries import messages_of

pytestmark = pytest.mark.usefixtures("city")
APPROVE, REFUSE = TaskOutcome.APPROVE, TaskOutcome.REFUSE


@pytest.fixture
def wang() -> Actor:
    return resident(a_person().pk)


@pytest.fixture
def head() -> Actor:
    return officer(role="head", username="gao", office_number="320")


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    (tmp_path / "trust").mkdir()
    return Trust(tmp_path / "trust")


def decided(
    wang: Actor, head: Actor, outcome: TaskOutcome = APPROVE, reviewer: str = "li"
) -> Receipt:
    receipt = started(wang)
    reviewed(receipt, officer(username=reviewer))
    reason = "Not half a year yet." if outcome is REFUSE else ""
    actions.decide(head, receipt.receipt_number, task(receipt, "decide").id, outcome, reason)
    return receipt


def newest() -> IssuedDocument:
    return IssuedDocument.objects.latest("issued_at")


def test_every_kind_of_paper_is_sealed_by_the_agency_that_decided(
    city: City, wang: Actor, head: Actor, trust: Trust
) -> None:
    receipt = decided(wang, head)
    work()
    papers = [newest()]
    number = receipt.receipt_number
    actions.correct_decision(head, number, papers[0].decision_id, "approved", "Misread.", "slip")
    work()
    papers.append(newest())
    actions.revoke(head, number, papers[1].decision_id, "Forged.", "deceit")
    work()
    papers.append(newest())
    decided(resident(a_person(3).pk), officer(role="head", username="qian"), REFUSE, "he")
    work()
    papers.append(newest())
    assert [paper.kind for paper in papers] == [
        "certificate",
        "certificate",
        "revocation",
        "refusal",
    ]
    trust.believe("shanghai", root_pem())
    for paper in papers:
        with open_document(paper.sha256) as stored:
            verdict = trust.asked(stored.read())
        assert verdict.holds, verdict.words
        assert f"Common Name: {city.agencies['police'].title['zh']}" in verdict.words
        facts = keys.certificate_of(paper.sealed_by)
        assert facts is not None and facts.purpose == "seal-police"
        assert facts.names == tuple(city.agencies["police"].title.as_dict().values())


def test_what_lies_in_the_mailbox_is_the_sealed_file_itself(
    wang: Actor, head: Actor, trust: Trust
) -> None:
    decided(wang, head)
    work()
    [sha256] = [m.document_sha256 for m in messages_of(wang) if m.document_sha256]
    trust.believe("shanghai", root_pem())
    with open_document(sha256) as stored:
        content = stored.read()
    assert trust.asked(content).holds
    found = document_by_hash(sha256)
    assert found is not None and found.code == newest().verification_code
    assert document_by_hash("0" * 64) is None
    with pikepdf.open(BytesIO(content)) as pdf:
        assert str(pdf.Root.Type) == "/Catalog"


def test_without_its_seal_there_is_no_paper_and_nobody_is_told(
    wang: Actor,
    head: Actor,
    data_folder: Path,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ensure_keys()  # in the fresh data folder; seals get theirs with the first paper
    receipt = decided(wang, head)
    settings.PKCS11_MODULE = "/no/such/module.so"
    with caplog.at_level(logging.ERROR), pytest.raises(TokenUnavailable):
        handlers.issue_document("event", str(receipt.person_id), {"case_id": str(receipt.case_id)})
    assert f"The paper of case {receipt.case_id} waits for its seal" in caplog.text
    assert "YIMEN_PKCS11_MODULE" in caplog.text
    assert not IssuedDocument.objects.exists() and not DocumentCode.objects.exists()
    assert not [m for m in messages_of(wang) if m.document_sha256]
    tasks.keep_seals(0)
    assert "The seals of the city are not renewed" in caplog.text
    handlers.keep_seals("event", None, {})
    assert "The city has no root certificate yet" in caplog.text
    settings.PKCS11_MODULE = ""
    work()
    assert newest().sealed_by.startswith("seal-police-")


def test_the_job_of_a_paper_is_tried_for_as_long_as_no_key_can_be_used() -> None:
    strategy = app.tasks[handlers.issue_document.name].retry_strategy
    assert strategy is not None

    def wait(trouble: Exception, attempts: int) -> float | None:
        job = Job(
            id=1,
            queue="cases",
            lock=None,
            queueing_lock=None,
            task_name="issue",
            attempts=attempts,
        )
        decision = strategy.get_retry_decision(exception=trouble, job=job)
        if decision is None or decision.retry_at is None:
            return None
        return (decision.retry_at - now()).total_seconds()

    first, late = wait(KeyTrouble(), 0), wait(KeyTrouble(), 500)
    assert first is not None and first < 5
    assert late is not None and 3500 < late < 3700
    assert wait(ValueError(), 500) is None


def test_the_hourly_round_makes_the_root_and_renews_what_nears_its_end(
    city: City, data_folder: Path
) -> None:
    assert keys.certificates() == []
    tasks.keep_seals(0)
    [root, stamp] = keys.certificates()
    assert root.names == ("上海市电子印章根证书", "Root certificate of the seals of Shanghai")
    assert stamp.names == ("上海市时间戳", "Time stamps of Shanghai")
    tasks.keep_seals(0)
    assert len(keys.certificates()) == 2
    with time_machine.travel(now() + timedelta(days=730)):
        tasks.keep_seals(0)
        assert [one.purpose for one in keys.certificates()] == [
            "authority",
            "time-stamp",
            "time-stamp",
        ]


def test_the_root_is_made_when_a_city_is_applied(city: City, data_folder: Path) -> None:
    handlers.keep_seals("event", None, {})
    assert [one.purpose for one in keys.certificates()] == ["authority", "time-stamp"]


def test_doing_the_job_again_seals_nothing_again(wang: Actor, head: Actor) -> None:
    receipt = decided(wang, head)
    work()
    before = newest().sha256
    actions.issue_document(SYSTEM, receipt.person_id, receipt.case_id)
    assert [paper.sha256 for paper in IssuedDocument.objects.all()] == [before]
