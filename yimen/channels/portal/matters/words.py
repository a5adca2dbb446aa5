"""What the states of an application are called for residents."""

from django.utils.translation import gettext as _

from yimen.cases.types import CaseState, Outcome


def state_words(state: CaseState, outcome: Outcome | None) -> tuple[str, str]:
    """Return where an application is in a word or two, and how the word is coloured."""
    if outcome is Outcome.APPROVED:
        return _("Approved"), "done"
    if outcome is Outcome.REFUSED:
        return _("Refused"), "closed"
    if outcome is Outcome.REVOKED:
        return _("Revoked"), "closed"
    if outcome is Outcome.WITHDRAWN:
        return _("Withdrawn"), "closed"
    if outcome is Outcome.VOIDED:
        return _("Void"), "closed"
    if state is CaseState.WAITING:
        return _("Your turn"), "turn"
    if state is CaseState.RECEIVED:
        return _("Arrived"), "quiet"
    return _("Being handled"), "quiet"
