"""The database backend; Django looks for `DatabaseWrapper` in a module of this name."""

import select

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """Sees a dead connection without asking the server."""

    def is_usable(self) -> bool:
        """Say whether the connection is alive.

        Django asks the server with a statement before each request's first query. A server that
        ended has closed the stream, or said farewell on it: there is something to read, and on a
        connection at rest there is nothing else to.
        """
        connection = self.connection
        if connection is None or connection.closed:
            return False
        if connection.info.transaction_status is TransactionStatus.INERROR:
            return False  # alive, but it takes no statement, which is what Django asks
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN)
        return not poll.poll(0)
