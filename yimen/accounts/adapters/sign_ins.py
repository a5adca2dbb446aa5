"""Who is asking: the session engine and the sign-in backend of Django, with written statements.

Both statements run on every request of somebody who has signed in. Django builds them anew each
time, which took more of a submission than all its inserts.
"""

from allauth.account import auth_backends
from django.contrib.sessions.backends import db
from django.db import DEFAULT_DB_ALIAS, connection

from yimen.accounts.models import Account
from yimen.base.clock import now

_COLUMNS = [field.attname for field in Account._meta.concrete_fields]
_ACCOUNT = f"SELECT {', '.join(_COLUMNS)} FROM {Account._meta.db_table} WHERE id = %s"  # noqa: S608  names of columns
_SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """Django's sessions in the database."""

    def load(self) -> dict[str, object]:
        """Return what the session holds; an unknown or expired one is empty and loses its key."""
        with connection.cursor() as cursor:
            cursor.execute(_SESSION, [self.session_key, now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        kept: dict[str, object] = self.decode(row[0])
        return kept


class Backend(auth_backends.AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's sign-in."""

    def get_user(self, user_id: int) -> Account | None:
        """Return an account that may sign in."""
        with connection.cursor() as cursor:
            cursor.execute(_ACCOUNT, [user_id])
            row = cursor.fetchone()
        if row is None:
            return None
        account = Account.from_db(DEFAULT_DB_ALIAS, _COLUMNS, row)
        return account if self.user_can_authenticate(account) else None
