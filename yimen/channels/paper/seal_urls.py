"""Addresses of certificates, below ``seals/``: they belong to no language and stand in certificates."""

from django.urls import path

from yimen.channels.paper import seal_pages

app_name = "seals"
urlpatterns = [
    path("<slug:key_id>.crt", seal_pages.certificate, {"ending": "crt"}, name="crt"),
    path("<slug:key_id>.pem", seal_pages.certificate, {"ending": "pem"}, name="pem"),
    path("<slug:key_id>.crl", seal_pages.revoked, name="crl"),
]
