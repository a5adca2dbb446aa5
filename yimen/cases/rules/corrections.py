"""What may be asked of a resident, and whether it was answered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from yimen.cases.rules.errors import AnswersRefused, NothingToCorrect, UnknownItem
from yimen.cases.rules.permissions import check_reason
from yimen.cases.types import CorrectionItem, CorrectionKind, UploadedFile
from yimen.catalogue.definition import City, FormField, Material, Service
from yimen.catalogue.rules import (
    AnswerError,
    read_answer,
    read_answers,
    visible_fields,
    visible_materials,
)
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """What belongs in the answer to a correction, in the order of the form."""

    fields: tuple[FormField, ...] = ()
    materials: tuple[Material, ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        return frozenset([*(f.key for f in self.fields), *(m.key for m in self.materials)])


def wanted(
    service: Service,
    city: City,
    asked: Collection[str],
    stored: Mapping[str, object],
    answers: Mapping[str, object],
    here: Collection[str],
) -> Wanted:
    """Return what is to be sent, with these answers given so far.

    That is what was asked for, as long as the new answers call for it; what they open; and what
    no longer holds of the application as it is ``stored``, since it cannot go on with that.
    ``here`` are the materials that have a file, or for which a record answers.
    """
    before = read_answers(service, city, stored).values
    after = read_answers(service, city, {**stored, **answers}).values
    shown = Wanted(
        visible_fields(service, city, before), visible_materials(service, city, before)
    ).keys
    fields = tuple(
        field
        for field in visible_fields(service, city, after)
        if field.key in asked
        or field.key not in shown
        or isinstance(read_answer(field, stored.get(field.key), city), AnswerError)
    )
    materials = tuple(
        material
        for material in visible_materials(service, city, after)
        if material.key in asked
        or (material.key not in here and (material.required or material.key not in shown))
    )
    return Wanted(fields, materials)


def check_answered(
    asked: Mapping[str, CorrectionKind],
    wanted: Wanted,
    answers: Mapping[str, object],
    files: Sequence[UploadedFile],
) -> None:
    """Refuse what was not asked for, and what was asked for and does not come.

    What the answers themselves made superfluous need not come; it does no harm either.
    """
    attached = {file.material_key for file in files}
    known = {field.key for field in wanted.fields} | _asked(asked, CorrectionKind.FIELD)
    papers = {paper.key for paper in wanted.materials} | _asked(asked, CorrectionKind.MATERIAL)
    unknown = [*(answers.keys() - known), *(attached - papers)]
    if unknown:
        raise UnknownItem(unknown[0])
    missing = [
        *(
            AnswerError(field.key, AnswerCode.REQUIRED)
            for field in wanted.fields
            if field.key in asked and field.key not in answers
        ),
        *(
            AnswerError(material.key, AnswerCode.MATERIAL_MISSING)
            for material in wanted.materials
            if material.key in asked and material.key not in attached
        ),
    ]
    if missing:
        raise AnswersRefused(missing)


def _asked(asked: Mapping[str, CorrectionKind], kind: CorrectionKind) -> set[str]:
    return {key for key, its_kind in asked.items() if its_kind is kind}
