"""Subscriptions name jobs; a name that leads nowhere would lose events in silence."""

import inspect

import pytest
from happenings import Heard
from procrastinate.contrib.django import app

from yimen.ledger import events

SUBSCRIPTIONS = [
    (kind, name) for kind, names in events.all_subscriptions().items() for name in names
]


@pytest.mark.parametrize(("kind", "name"), SUBSCRIPTIONS)
def test_every_subscribed_job_is_a_task(kind: str, name: str) -> None:
    app.perform_import_paths()
    assert name in app.tasks, f"{kind} is heard by {name}, which no app declares in its tasks.py"


@pytest.mark.parametrize(("kind", "name"), SUBSCRIPTIONS)
def test_every_subscribed_job_takes_what_an_event_gives(kind: str, name: str) -> None:
    task = app.tasks[name]
    arguments = ["a job context"] if task.pass_context else []
    signature = inspect.signature(task.func)
    signature.bind(*arguments, event_id="", person_id=None, payload={})
    assert task.queueing_lock is None, "a second event would be dropped while the first one waits"


def test_every_event_that_is_heard_is_declared() -> None:
    declared = {cls.kind for cls in _subclasses(events.Event) if "kind" in vars(cls)}
    assert {kind for kind, _ in SUBSCRIPTIONS} <= declared


def test_no_two_events_share_a_kind() -> None:
    kinds = [cls.kind for cls in _subclasses(events.Event) if "kind" in vars(cls)]
    assert len(kinds) == len(set(kinds))


def _subclasses(cls: type[events.Event]) -> set[type[events.Event]]:
    # A dataclass with slots is made twice; the first making is no class of its module any more.
    found = set()
    for one in cls.__subclasses__():
        if vars(inspect.getmodule(one) or one).get(one.__name__) is one:
            found |= {one, *_subclasses(one)}
    return found


def test_subscribing_twice_is_hearing_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_subscriptions", {})
    assert events.subscribers("tests.heard") == ()
    events.subscribe(Heard, "tests.first")
    events.subscribe(Heard, "tests.first")
    events.subscribe(Heard, "tests.second")
    assert events.subscribers("tests.heard") == ("tests.first", "tests.second")
    assert events.all_subscriptions() == {"tests.heard": ("tests.first", "tests.second")}
