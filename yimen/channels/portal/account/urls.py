"""Addresses of the account pages, included below ``account/``."""

from django.urls import include, path

from yimen.channels.portal.account import readings, views

urlpatterns = [
    path("", views.home, name="account_home"),
    path("person/", views.tie, name="account_tie"),
    path("person/code/", views.tie_code, name="account_tie_code"),
    path("readings/", readings.readings, name="account_readings"),
    path("second-factor/", include("allauth.mfa.urls")),
    path("", include("allauth.account.urls")),
]
