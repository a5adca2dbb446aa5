"""The WSGI application that granian serves."""

import multiprocessing
import os
import signal
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from yimen.config.parent_death import follow_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yimen.config.settings")
if not os.environ.get("YIMEN_SECRET_KEY"):  # `yimen` sets it; another server must too
    raise ImproperlyConfigured("YIMEN_SECRET_KEY is not set; nobody is served without a secret.")
if multiprocessing.parent_process() is not None:  # a process of granian: never outlive granian
    follow_parent(os.getppid(), signal.SIGTERM)
# A thread keeps the interpreter until it waits for something. At Python's 5 ms the threads of busy
# processes take turns in the middle of pages, and the slowest of a hundred readers waited four times
# as long.
sys.setswitchinterval(0.1)
application = get_wsgi_application()
