"""What a process of the web server carries with it."""

import subprocess
import sys

from tests.config.conftest import ROOT

# Programs that count over the whole city, draw or drive browsers: the worker and commands use them.
TOO_HEAVY = {"splink", "duckdb", "pyarrow", "pandas", "numpy", "scipy", "playwright", "pikepdf"}
_ALL_ADDRESSES = """
import sys
from yimen.config.wsgi import application
from django.urls import get_resolver

def load(patterns):
    for pattern in patterns:
        load(getattr(pattern, "url_patterns", ()))

load(get_resolver().url_patterns)
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""


def test_a_web_worker_loads_nothing_that_only_counts_or_draws() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", _ALL_ADDRESSES],
        cwd=ROOT,
        env={"YIMEN_SECRET_KEY": "a", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    loaded = set(answer.stdout.split())
    assert {"django", "wagtail", "ninja", "yimen"} <= loaded
    assert not loaded & TOO_HEAVY
