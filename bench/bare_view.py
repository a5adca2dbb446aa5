"""The peer of `bench.submit`: a Django view that does nothing but the same inserts, and commits.

No middleware, no session, no check of anything. granian serves it with as many processes and threads
as the web server of Yimen; YIMEN_BENCH_STATEMENTS names a file with the statements.
"""

import json
import os
from pathlib import Path

import dj_database_url
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=600)},
)
STATEMENTS: list[str] = json.loads(Path(os.environ["YIMEN_BENCH_STATEMENTS"]).read_text())


@transaction.atomic
def _insert() -> None:
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement)


def send(_request: HttpRequest) -> HttpResponse:
    """Insert, commit, and answer 201."""
    _insert()
    return JsonResponse({}, status=201)


urlpatterns = [path("api/v1/applications", send)]
application = get_wsgi_application()
