"""The worker: background jobs, and the sealer of the ledger beside them."""

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from yimen.config.parent_death import end_with_supervisor


def work(jobs: int) -> None:
    """Work until told to stop; what is being done is finished first."""
    end_with_supervisor()
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()):
        app.run_worker(concurrency=jobs, shutdown_graceful_timeout=10)
