"""Addresses of the portal, below the prefix of the language."""

from django.urls import include, path

from yimen.channels.portal import catalogue_pages, duties_pages, home_page, ledger_pages

app_name = "portal"
urlpatterns = [
    path("", home_page.home, name="home"),
    path("services/", catalogue_pages.services, name="services"),
    path("services/<slug:code>/", catalogue_pages.service, name="service"),
    path("audience/<slug:key>/", catalogue_pages.audience, name="audience"),
    path("life/<slug:key>/", catalogue_pages.life_event, name="life_event"),
    path("agencies/", catalogue_pages.agencies, name="agencies"),
    path("agencies/<slug:code>/", catalogue_pages.agency, name="agency"),
    path("agencies/<slug:code>/duties/", duties_pages.duties, name="duties"),
    path("agencies/<slug:code>/duties.csv", duties_pages.duties_file, name="duties_file"),
    path("search/", catalogue_pages.search, name="search"),
    path("mistake/", catalogue_pages.mistake, name="mistake"),
    path("", include("yimen.channels.portal.apply.urls")),
    path("", include("yimen.channels.portal.matters.urls")),
    path("ledger/", ledger_pages.roots, name="ledger"),
    path("ledger/roots.json", ledger_pages.roots_file, name="ledger_file"),
]
