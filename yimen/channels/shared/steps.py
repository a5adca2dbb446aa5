"""The steps of a service as people see them, drawn from its process."""

from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from yimen.catalogue.definition import City, Process, ProcessStep, Service
from yimen.catalogue.types import ChannelKind, NodeKind


@dataclass(frozen=True, slots=True)
class DrawnStep:
    """One thing that somebody does."""

    title: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class DrawnStage:
    """What happens at one point of the line: one step, or several side by side."""

    steps: tuple[DrawnStep, ...]
    number: int
    together: bool = False  # at the same time; otherwise one of them happens
    yours: bool = False
    end: bool = False


def where_to_apply(service: Service) -> str:
    """Return how one applies for a service."""
    return _("Online") if ChannelKind.PORTAL in service.channels else _("In person")


def drawn_stages(
    service: Service, process: Process, city: City, language: str
) -> tuple[DrawnStage, ...]:
    """Return the line of a service: you apply, the agencies work, you are told."""
    tasks = [step for step in process.steps if step.kind is NodeKind.TASK]
    stages = [
        DrawnStage((DrawnStep(_("You apply"), where_to_apply(service)),), 1, yours=True),
        *_middle(tasks, service, city, language),
    ]
    last = DrawnStage(_endings(service, language), len(stages) + 1, end=True)
    return (*stages, last)


def _middle(
    tasks: list[ProcessStep], service: Service, city: City, language: str
) -> list[DrawnStage]:
    ordered = sorted(tasks, key=lambda step: (step.stage, step.branch))
    stages = []
    for number, (_stage, group) in enumerate(groupby(ordered, key=lambda step: step.stage), 2):
        steps = list(group)
        stages.append(
            DrawnStage(
                tuple(_drawn(step, service, city, language) for step in steps),
                number,
                together=len(steps) > 1 and all(step.parallel for step in steps),
            )
        )
    return stages


def _drawn(step: ProcessStep, service: Service, city: City, language: str) -> DrawnStep:
    agency = city.agencies.get(service.agency_for(step.binding))
    return DrawnStep(step.title[language], agency.title[language] if agency else "")


def _endings(service: Service, language: str) -> tuple[DrawnStep, ...]:
    if service.result.title:
        approved = _("Approved: you receive “%(result)s”") % {
            "result": service.result.title[language]
        }
    else:
        approved = _("Approved: you are told at once")
    return (
        DrawnStep(approved, _("In your mailbox, to print or to show")),
        DrawnStep(
            _("Refused: you are told the reason"),
            _("With the record that decided it, and remedies"),
        ),
    )
