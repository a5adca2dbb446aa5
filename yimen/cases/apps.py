"""Wiring of the app."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The app `cases`."""

    name = "yimen.cases"
    label = "cases"

    def ready(self) -> None:
        """Say which jobs follow which events, and which stored documents are still needed."""
        from yimen.accounts.events import PostEnded
        from yimen.cases import handlers
        from yimen.cases.events import (
            CorrectionAsked,
            Decided,
            ExtensionDecided,
            PromiseMissed,
            RecheckAnswered,
            RecheckAsked,
            Submitted,
            Voided,
            Withdrawn,
        )
        from yimen.cases.queries.documents import named_documents
        from yimen.catalogue.events import CityApplied
        from yimen.ledger.events import subscribe
        from yimen.ledger.queries import extend_naming

        extend_naming(named_documents)
        subscribe(Submitted, handlers.start_process.name)
        subscribe(Decided, handlers.issue_document.name)
        subscribe(Decided, handlers.order_recheck.name)
        subscribe(CorrectionAsked, handlers.tell_of_correction.name)
        subscribe(ExtensionDecided, handlers.tell_of_extension.name)
        subscribe(PromiseMissed, handlers.tell_of_lateness.name)
        subscribe(Withdrawn, handlers.tell_of_withdrawal.name)
        subscribe(Voided, handlers.tell_of_voiding.name)
        subscribe(RecheckAsked, handlers.tell_of_recheck.name)
        subscribe(RecheckAnswered, handlers.tell_of_recheck.name)
        subscribe(PostEnded, handlers.release_left_tasks.name)
        subscribe(CityApplied, handlers.recompute_deadlines.name)
        subscribe(CityApplied, handlers.keep_seals.name)
