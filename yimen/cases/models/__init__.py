"""Tables of drafts, applications and cases.

Tables that grow with persons have the key (person_id, id) and refer to each other by it, so that
they can be distributed by person. An application and its case are one to one and share their id.
The foreign keys stand in `migrations/0002_foreign_keys.py`.
"""

from yimen.cases.models.drafts import Draft, DraftFile
from yimen.cases.models.handling import (
    ACTIVE_TASK_STATES,
    Application,
    Case,
    CaseFile,
    ClockStop,
    Correction,
    Decision,
    Extension,
    History,
    IssuedDocument,
    Task,
)
from yimen.cases.models.lookups import (
    DocumentCode,
    IdempotencyKey,
    ReceiptLookup,
    ResumeCode,
    StatusCode,
)
from yimen.cases.models.promises import MissedPromise, WatchMail
from yimen.cases.models.rechecks import Recheck

__all__ = [
    "ACTIVE_TASK_STATES",
    "Application",
    "Case",
    "CaseFile",
    "ClockStop",
    "Correction",
    "Decision",
    "DocumentCode",
    "Draft",
    "DraftFile",
    "Extension",
    "History",
    "IdempotencyKey",
    "IssuedDocument",
    "MissedPromise",
    "ReceiptLookup",
    "Recheck",
    "ResumeCode",
    "StatusCode",
    "Task",
    "WatchMail",
]
