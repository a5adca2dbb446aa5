"""Addresses: each channel brings its own; the editors' pages come last."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf.urls.i18n import i18n_patterns
from django.db import transaction
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

# What editors do is done whole or not at all, the ledger's entry with it. Wagtail's own pages still
# carry a few scripts and styles in the page; no page of ours does.
_office_policy = csp_update(
    {
        "script-src": [SELF, UNSAFE_INLINE],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
    }
)
decorate_urlpatterns(
    wagtailadmin_urls.urlpatterns, lambda view: _office_policy(transaction.atomic(view))
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("yimen.channels.shared.urls")),
    # Editors sign in where all staff do, with their second factor.
    path(
        "backoffice/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)
    ),
    path("backoffice/", include(wagtailadmin_urls)),
    path("api/v1/", include("yimen.channels.api.urls")),
    path("seals/", include("yimen.channels.paper.seal_urls")),
    *i18n_patterns(
        path("account/", include("yimen.channels.portal.account.urls")),
        path("desk/", include("yimen.channels.desk.urls")),
        path("verify/", include("yimen.channels.paper.urls")),
        path("", include("yimen.channels.portal.urls")),
        path("", include(wagtail_urls)),
        prefix_default_language=False,
    ),
]

handler400 = "yimen.channels.shared.errors.bad_request"
handler403 = "yimen.channels.shared.errors.permission_denied"
handler404 = "yimen.channels.shared.errors.page_not_found"
handler500 = "yimen.channels.shared.errors.server_error"
