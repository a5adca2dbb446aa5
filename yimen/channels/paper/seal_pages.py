"""The seals of the city: whom to trust, which certificates there are, and what was revoked."""

from dataclasses import dataclass
from ssl import PEM_cert_to_DER_cert

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from yimen.channels.shared.caching import public_page
from yimen.keys.queries import certificate_of, certificates, revocation_list
from yimen.keys.types import CertificateFacts, State

ROOT = "authority"
_ONE_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate as the page names it."""

    facts: CertificateFacts
    name: str
    fingerprint: str  # ``AB:CD:...``, as viewers show it

    @classmethod
    def of(cls, facts: CertificateFacts) -> "Shown":
        """Return what is shown of a certificate."""
        pairs = bytes.fromhex(facts.fingerprint).hex(":").upper()
        return cls(facts, " / ".join(dict.fromkeys(facts.names)), pairs)


def _seals(request: HttpRequest) -> HttpResponse:
    """Show how to check a seal without the city, and all certificates with their fingerprints."""
    shown = [Shown.of(facts) for facts in certificates()]
    context = {
        "roots": [one for one in shown if one.facts.purpose == ROOT],
        "others": [one for one in shown if one.facts.purpose != ROOT],
    }
    return render(request, "paper/seals.html", context)


def _edition() -> str:
    return " ".join(f"{facts.key_id} {facts.state}" for facts in certificates())


seals = require_safe(public_page(_seals, edition=_edition))


@require_safe
@cache_control(public=True, max_age=_ONE_HOUR)
def certificate(request: HttpRequest, key_id: str, ending: str) -> HttpResponse:
    """Answer a certificate, in DER (`.crt`) or as text (`.pem`); `authority` is the root in use."""
    facts = _root_in_use() if key_id == ROOT else certificate_of(key_id)
    if facts is None:
        raise Http404
    if ending == "pem":
        return _file(facts.pem.encode(), "application/x-pem-file", f"{key_id}.pem")
    return _file(PEM_cert_to_DER_cert(facts.pem), "application/pkix-cert", f"{key_id}.crt")


@require_safe
@cache_control(public=True, max_age=_ONE_HOUR)
def revoked(request: HttpRequest, key_id: str) -> HttpResponse:
    """Answer the newest list of what a root has revoked (RFC 5280), at the address in certificates."""
    found = revocation_list(key_id)
    if found is None:
        raise Http404
    return _file(found, "application/pkix-crl", f"{key_id}.crl")


def _root_in_use() -> CertificateFacts | None:
    roots = (facts for facts in certificates() if facts.purpose == ROOT)
    return next((facts for facts in roots if facts.state is State.IN_USE), None)


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
