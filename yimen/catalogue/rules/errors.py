"""What can be refused, as typed errors with their fields; the channels make the sentences."""

from collections.abc import Collection

from yimen.base.actor import Actor, ActorKind
from yimen.catalogue.definition import Plan, Problem

RIGHT_TO_APPLY = "city.apply"


class CityHasProblems(Exception):
    """The folder has errors, so that nothing can be planned or applied."""

    def __init__(self, problems: Collection[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


class PlanRefused(Exception):
    """The plan holds changes that cannot be made, or only when forced."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan.city.code)
        self.plan = plan


class MayNotApplyCity(Exception):
    """The actor has no right to apply a city's folder."""

    def __init__(self, actor: Actor) -> None:
        super().__init__(actor.label)
        self.actor = actor


class NoCityApplied(Exception):
    """No folder was ever applied to this database."""


class UnknownServiceVersion(LookupError):
    """This version of this service was never applied."""

    def __init__(self, code: str, version: int) -> None:
        super().__init__(f"{code} {version}")
        self.code = code
        self.version = version


def can_apply_city(actor: Actor) -> bool:
    """Say whether the actor may apply a city's folder."""
    return actor.kind is ActorKind.SYSTEM or bool(actor.agencies_with(RIGHT_TO_APPLY))


def check_may_apply_city(actor: Actor) -> None:
    """Raise MayNotApplyCity unless the actor has the right."""
    if not can_apply_city(actor):
        raise MayNotApplyCity(actor)


def check_plan(plan: Plan, *, force: bool) -> None:
    """Raise PlanRefused when a change cannot be made, or is dangerous and not forced."""
    if plan.refusals or (plan.dangers and not force):
        raise PlanRefused(plan)
