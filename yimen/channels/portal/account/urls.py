"""Addresses of the account pages, included below ``account/``."""

from django.urls import include, path

from yimen.channels.portal.account import readings, telling, views
from yimen.channels.portal.account.data import pages as data

urlpatterns = [
    path("", views.home, name="account_home"),
    path("person/", views.tie, name="account_tie"),
    path("person/code/", views.tie_code, name="account_tie_code"),
    path("readings/", readings.readings, name="account_readings"),
    path("data/", data.data, name="account_data"),
    path("data/download/", data.download, name="account_data_download"),
    path("telling/", telling.telling, name="account_telling"),
    path("telling/number/", telling.number, name="account_telling_number"),
    path("telling/code/", telling.code, name="account_telling_code"),
    path("second-factor/", include("allauth.mfa.urls")),
    path("", include("allauth.account.urls")),
]
