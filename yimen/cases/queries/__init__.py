"""Reads of drafts and cases: the actor first, the scope in the query.

A package, because applying, status, desk and papers together are over 1,000 lines. What is not
found, or not the actor's, raises `cases.rules.errors.NotFound`: the two are not told apart.
"""

from yimen.cases.queries.corrections import wanted
from yimen.cases.queries.desk import (
    QueueCounts,
    QueueItem,
    QueuePage,
    desks,
    queue,
    queue_counts,
)
from yimen.cases.queries.documents import VerifiedDocument, document_by_code, document_by_hash
from yimen.cases.queries.drafts import (
    DraftView,
    FileView,
    Prefilled,
    draft,
    drafts,
    prefilled,
    receipt_of_draft,
    stands_in,
)
from yimen.cases.queries.extensions import WaitingExtension, waiting_extensions
from yimen.cases.queries.figures import Figures, figures
from yimen.cases.queries.kept import CaseKept, DecisionKept, DraftKept, cases_kept, drafts_kept
from yimen.cases.queries.opening import AnswerLine, Applicant, CaseFileView, TaskView, file
from yimen.cases.queries.own import (
    CaseSummary,
    OwnApplication,
    case_file,
    cases_of,
    own_application,
)
from yimen.cases.queries.records import CaseRecords, CriterionFacts
from yimen.cases.queries.scope import case_visible_to, cases_visible_to
from yimen.cases.queries.status import (
    AskedCorrection,
    CaseStatus,
    DecisionView,
    DocumentView,
    ExtensionView,
    HistoryLine,
    NowWith,
    history,
    issued_document,
    status,
    status_by_receipt,
)
from yimen.cases.queries.watching import (
    AgencyFigures,
    WatchedCase,
    agency_figures,
    watch_count,
    watch_counts,
    watched_cases,
    watches,
)

__all__ = [
    "AgencyFigures",
    "AnswerLine",
    "Applicant",
    "AskedCorrection",
    "CaseFileView",
    "CaseKept",
    "CaseRecords",
    "CaseStatus",
    "CaseSummary",
    "CriterionFacts",
    "DecisionKept",
    "DecisionView",
    "DocumentView",
    "DraftKept",
    "DraftView",
    "ExtensionView",
    "Figures",
    "FileView",
    "HistoryLine",
    "NowWith",
    "OwnApplication",
    "Prefilled",
    "QueueCounts",
    "QueueItem",
    "QueuePage",
    "TaskView",
    "VerifiedDocument",
    "WaitingExtension",
    "WatchedCase",
    "agency_figures",
    "case_file",
    "case_visible_to",
    "cases_kept",
    "cases_of",
    "cases_visible_to",
    "desks",
    "document_by_code",
    "document_by_hash",
    "draft",
    "drafts",
    "drafts_kept",
    "figures",
    "file",
    "history",
    "issued_document",
    "own_application",
    "prefilled",
    "queue",
    "queue_counts",
    "receipt_of_draft",
    "stands_in",
    "status",
    "status_by_receipt",
    "waiting_extensions",
    "wanted",
    "watch_count",
    "watch_counts",
    "watched_cases",
    "watches",
]
