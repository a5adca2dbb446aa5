"""Whether the database of DATABASE_URL can carry Yimen."""

from django.db import OperationalError, connection

from yimen.config.refusal import Refusal

OLDEST_POSTGRESQL = 15


def check_database() -> None:
    """Refuse a database that does not answer, is too old or does not store Unicode."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version_num')::int / 10000,"
                " current_setting('server_encoding')"
            )
            version, encoding = cursor.fetchone() or (0, "")
    except OperationalError as error:
        where = connection.settings_dict
        raise Refusal(
            f"The database '{where['NAME']}' at {where['HOST'] or 'this machine'}"
            f"{':' + str(where['PORT']) if where['PORT'] else ''} cannot be reached:"
            f" {str(error).strip().splitlines()[0]}. Check DATABASE_URL, or leave it out to use"
            " the database that Yimen brings."
        ) from error
    if version < OLDEST_POSTGRESQL or encoding != "UTF8":
        raise Refusal(
            f"DATABASE_URL names a PostgreSQL {version} with the encoding {encoding}; Yimen needs"
            f" PostgreSQL {OLDEST_POSTGRESQL} or newer with UTF8."
        )
