"""What may be asked of a resident, and whether it was answered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from yimen.base.actor import Actor, ActorKind
from yimen.cases.rules.errors import AnswersRefused, NotAllowed, NothingToCorrect, UnknownItem
from yimen.cases.rules.permissions import ENTER_FOR_OTHERS, check_reason
from yimen.cases.types import CorrectionItem, CorrectionKind, UploadedFile
from yimen.catalogue.definition import Service
from yimen.catalogue.rules import AnswerError
from yimen.catalogue.types import AnswerCode


def check_items(items: Sequence[CorrectionItem], service: Service) -> tuple[CorrectionItem, ...]:
    """Return what is asked, or refuse nothing, the same twice, no sentence, and unknown keys."""
    keys = [item.key for item in items]
    if not keys or len(set(keys)) != len(keys):
        raise NothingToCorrect
    for item in items:
        known = (
            service.field_by_key(item.key)
            if item.kind is CorrectionKind.FIELD
            else service.material_by_key(item.key)
        )
        if known is None:
            raise UnknownItem(item.key)
    return tuple(replace(item, says=check_reason(item.says, needed=True)) for item in items)


def check_may_answer(actor: Actor) -> None:
    """Refuse everybody but the applicant and the clerks who enter applications for others.

    Whose case it is was settled by the query that found it.
    """
    if actor.kind is ActorKind.STAFF and not actor.agencies_with(ENTER_FOR_OTHERS):
        raise NotAllowed(ENTER_FOR_OTHERS)


def check_answered(
    asked: Mapping[str, CorrectionKind],
    opened: Collection[str],
    answers: Mapping[str, object],
    files: Sequence[UploadedFile],
) -> None:
    """Refuse what was not asked for, and what was asked for and does not come.

    ``opened`` are questions that appear because of a corrected answer.
    """
    attached = {file.material_key for file in files}
    for key in answers:
        if asked.get(key) is not CorrectionKind.FIELD and key not in opened:
            raise UnknownItem(key)
    for key in attached:
        if asked.get(key) is not CorrectionKind.MATERIAL:
            raise UnknownItem(key)
    missing = [
        AnswerError(
            key,
            AnswerCode.REQUIRED if kind is CorrectionKind.FIELD else AnswerCode.MATERIAL_MISSING,
        )
        for key, kind in asked.items()
        if key not in (answers if kind is CorrectionKind.FIELD else attached)
    ]
    if missing:
        raise AnswersRefused(missing)
