"""Addresses that belong to no language: the city's colours and emblem."""

from django.urls import path

from yimen.channels.shared import brand

app_name = "shared"
urlpatterns = [
    path("city.css", brand.city_css, name="city_css"),
    path("emblem.svg", brand.emblem, name="emblem"),
]
