"""Addresses of checking a paper, below ``verify/``."""

from django.urls import path

from yimen.channels.paper import seal_pages, verify_pages

app_name = "paper"
urlpatterns = [
    path("", verify_pages.verify, name="verify"),
    path("file/", verify_pages.verify_file, name="verify_file"),
    path("seals/", seal_pages.seals, name="seals"),
    path("<slug:code>/", verify_pages.verify_code, name="verify_code"),
]
