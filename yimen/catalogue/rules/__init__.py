"""What the catalogue decides without a database."""

from yimen.catalogue.rules.agencies import (
    acting_agency,
    acting_since,
    agencies_called,
    days_without_change,
    done_before_by,
    has_ended,
    is_there,
    moved_agencies,
    moved_city,
    moved_service,
)
from yimen.catalogue.rules.answers import (
    Answer,
    AnswerError,
    AnswersRead,
    check_answers,
    read_answer,
    read_answers,
    visible_fields,
    visible_materials,
)
from yimen.catalogue.rules.errors import (
    RIGHT_TO_APPLY,
    CityHasProblems,
    MayNotApplyCity,
    NoCityApplied,
    PlanRefused,
    UnknownServiceVersion,
    can_apply_city,
    check_may_apply_city,
    check_plan,
)
from yimen.catalogue.rules.finding import best_first, search_words, words_index
from yimen.catalogue.rules.measures import contrast, in_calendar_days, is_longer, stages
from yimen.catalogue.rules.notices import filled_in
from yimen.catalogue.rules.planning import (
    AppliedService,
    declaration_changes,
    service_changes,
)

__all__ = [
    "RIGHT_TO_APPLY",
    "Answer",
    "AnswerError",
    "AnswersRead",
    "AppliedService",
    "CityHasProblems",
    "MayNotApplyCity",
    "NoCityApplied",
    "PlanRefused",
    "UnknownServiceVersion",
    "acting_agency",
    "acting_since",
    "agencies_called",
    "best_first",
    "can_apply_city",
    "check_answers",
    "check_may_apply_city",
    "check_plan",
    "contrast",
    "days_without_change",
    "declaration_changes",
    "done_before_by",
    "filled_in",
    "has_ended",
    "in_calendar_days",
    "is_longer",
    "is_there",
    "moved_agencies",
    "moved_city",
    "moved_service",
    "read_answer",
    "read_answers",
    "search_words",
    "service_changes",
    "stages",
    "visible_fields",
    "visible_materials",
    "words_index",
]
