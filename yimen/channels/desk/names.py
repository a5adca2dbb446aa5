"""How posts, roles and tasks are called at the desk."""

from django.utils.translation import pgettext

from yimen.base.actor import Actor
from yimen.catalogue.definition import City
from yimen.catalogue.types import TaskKind
from yimen.channels.shared.names import agency_words


def role(key: str, city: City, language: str) -> str:
    """Return the title of a role, or its key when the city has dropped it."""
    declared = city.roles.get(key)
    return declared.title[language] if declared is not None else key


def post(agency_code: str, role_key: str, city: City, language: str) -> str:
    """Return a post, for what nobody has taken yet: agency and role."""
    return f"{agency_words(agency_code, city, language)} · {role(role_key, city, language)}"


def task_kind(kind: TaskKind) -> str:
    """Return what a kind of task is called."""
    words = {
        TaskKind.REVIEW: pgettext("task", "Review"),
        TaskKind.OPINION: pgettext("task", "Opinion"),
        TaskKind.DECISION: pgettext("task", "Decision"),
        TaskKind.RECHECK: pgettext("task", "Recheck"),
    }
    return words[kind]


def is_head(actor: Actor) -> bool:
    """Say whether the actor may approve extensions somewhere."""
    return bool(actor.agencies_with("case.extend"))
