"""Addresses of checking a paper, below ``verify/``."""

from django.urls import path

from yimen.channels.paper import verify_pages

app_name = "paper"
urlpatterns = [
    path("", verify_pages.verify, name="verify"),
    path("<slug:code>/", verify_pages.verify_code, name="verify_code"),
]
