"""Every write to drafts, applications and cases.

A package, because the verbs of applying, handling and deciding together are over 1,500 lines.
Each takes the actor first, checks permission, runs in one transaction and appends to the ledger.
Cases are named by their receipt number, tasks by receipt number and id. What is refused raises an
error of `cases.rules.errors`, a `CasesError`.
"""

from yimen.cases.actions.claiming import (
    BulkClaimed,
    bulk_claim,
    claim,
    hand_over,
    release,
    release_left_tasks,
)
from yimen.cases.actions.cleaning import forget_old_keys
from yimen.cases.actions.corrections import (
    answer_correction,
    ask_for_correction,
    store_correction_upload,
    take_back_correction,
    tell_of_correction,
)
from yimen.cases.actions.deciding import complete_review, decide, give_opinion
from yimen.cases.actions.drafts import (
    attach,
    discard_draft,
    expire_drafts,
    make_resume_code,
    remove_attachment,
    resume_draft,
    save_answers,
    start_draft,
    upgrade_draft,
)
from yimen.cases.actions.due_dates import (
    approve_extension,
    recompute_deadlines,
    request_extension,
    tell_of_extension,
)
from yimen.cases.actions.ending import (
    tell_of_voiding,
    tell_of_withdrawal,
    void_entry,
    withdraw,
)
from yimen.cases.actions.mending import correct_decision, revoke
from yimen.cases.actions.moving import move_cases
from yimen.cases.actions.papers import extend_papers, issue_document
from yimen.cases.actions.promises import apologise, promise_anew, tell_of_lateness
from yimen.cases.actions.rechecks import (
    answer_recheck,
    ask_for_recheck,
    order_recheck,
    tell_of_recheck,
)
from yimen.cases.actions.running import start_process
from yimen.cases.actions.seals import keep_seals
from yimen.cases.actions.status import StatusTicket, open_status, send_status_code
from yimen.cases.actions.submission import store_upload, submit
from yimen.cases.actions.watching import mail_lists

__all__ = [
    "BulkClaimed",
    "StatusTicket",
    "answer_correction",
    "answer_recheck",
    "apologise",
    "approve_extension",
    "ask_for_correction",
    "ask_for_recheck",
    "attach",
    "bulk_claim",
    "claim",
    "complete_review",
    "correct_decision",
    "decide",
    "discard_draft",
    "expire_drafts",
    "extend_papers",
    "forget_old_keys",
    "give_opinion",
    "hand_over",
    "issue_document",
    "keep_seals",
    "mail_lists",
    "make_resume_code",
    "move_cases",
    "open_status",
    "order_recheck",
    "promise_anew",
    "recompute_deadlines",
    "release",
    "release_left_tasks",
    "remove_attachment",
    "request_extension",
    "resume_draft",
    "revoke",
    "save_answers",
    "send_status_code",
    "start_draft",
    "start_process",
    "store_correction_upload",
    "store_upload",
    "submit",
    "take_back_correction",
    "tell_of_correction",
    "tell_of_extension",
    "tell_of_lateness",
    "tell_of_recheck",
    "tell_of_voiding",
    "tell_of_withdrawal",
    "upgrade_draft",
    "void_entry",
    "withdraw",
]
