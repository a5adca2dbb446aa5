"""What an officer may make of a decision, for the forms on the file of a case."""

from django.utils.translation import gettext as _

from yimen.cases.queries import CaseFileView
from yimen.cases.types import Outcome
from yimen.catalogue.definition import City, MendingGround
from yimen.catalogue.types import MendingKind
from yimen.channels.desk.forms import Refused
from yimen.channels.shared.components import Choice


def revoking(file: CaseFileView, city: City) -> tuple[MendingGround, ...]:
    """Return the grounds on which the officer may revoke the decision; none: no form."""
    return city.mending_grounds(MendingKind.REVOKE) if file.can_revoke else ()


def correcting(
    file: CaseFileView, city: City, refused: Refused | None
) -> tuple[tuple[Choice, ...], tuple[MendingGround, ...]] | None:
    """Return to what, and on which grounds, the officer may correct it; None: no form."""
    grounds = city.mending_grounds(MendingKind.CORRECT)
    decided = file.status.decision
    if decided is None or not file.corrections or not grounds:
        return None
    mine = refused is not None and refused.verb == "correct"
    chosen = refused.posted.get("outcome") if refused is not None and mine else None
    only = len(file.corrections) == 1  # nothing to choose
    return (
        tuple(
            Choice(word, _becomes(decided.outcome, word), word == chosen or only, f"outcome-{word}")
            for word in file.corrections
        ),
        grounds,
    )


def _becomes(before: Outcome, after: Outcome) -> str:
    if after is Outcome.REFUSED:
        return _("It stays refused, for other reasons")
    if before is Outcome.APPROVED:
        return _("It stays approved: the document is made anew from the records as they are now")
    return _("Approve")
