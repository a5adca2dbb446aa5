"""Addresses of the API, and its published description."""

from django.urls import path
from ninja import NinjaAPI
from ninja.security import SessionAuth

from yimen import __version__
from yimen.channels.api import applications, catalogue, problems

api = NinjaAPI(
    title="Yimen",
    version=__version__,
    description="The machine's door of the city. Refusals are problem details (RFC 9457).",
    docs_url=None,  # its pages load scripts from elsewhere
    urls_namespace="api",
    auth=SessionAuth(),
)
problems.register(api)
api.add_router("", catalogue.router)
api.add_router("", applications.router)

urlpatterns = [path("", api.urls)]
