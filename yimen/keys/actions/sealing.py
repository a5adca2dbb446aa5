"""Put an agency's seal into a PDF, with whatever has to be made for it first."""

from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from yimen.base.clock import now
from yimen.keys import rules
from yimen.keys.actions.certifying import certify, is_certified, wanted_of
from yimen.keys.actions.making import locked_folder
from yimen.keys.loader.folder import KeyFolder, key_folder
from yimen.keys.sealing.certificates import names_of
from yimen.keys.sealing.material import Pair, SealMaterial
from yimen.keys.types import Authority, Sealed, Sealer


def seal_pdf(pdf: bytes, authority: Authority, sealer: Sealer) -> Sealed:
    """Return a PDF under the seal of an agency (PAdES B-LT).

    The certificate is made when the agency seals for the first time, when its name has changed,
    and in good time before the old one ends. Raises ClockBehind where the clock stands before a
    certificate begins, TokenUnavailable, and what is wrong with a key; nothing is changed then.
    """
    purpose = rules.seal_of(sealer.code)
    wanted = (*wanted_of(authority), (purpose, names_of(authority.city, sealer.title)))
    folder = key_folder(Path(settings.KEY_FOLDER))
    if not is_certified(folder, wanted, authority.revocations, now()):
        with locked_folder() as folder:
            certify(folder, wanted, authority.revocations)
    material = _material(folder, purpose)
    name = " / ".join(dict.fromkeys(sealer.title.as_dict().values()))
    put_in = import_string("yimen.keys.sealing.pdf.sealed_pdf")
    return Sealed(put_in(pdf, material, name, now()), material.seal.key.key_id)


def _material(folder: KeyFolder, purpose: str) -> SealMaterial:
    root_id = folder.current_id(rules.AUTHORITY)
    revocations = folder.revocations(root_id)
    assert revocations is not None  # made with the root
    return SealMaterial(
        _pair(folder, purpose), _pair(folder, rules.STAMP), folder.certificate(root_id), revocations
    )


def _pair(folder: KeyFolder, purpose: str) -> Pair:
    key = folder.current(purpose)
    return Pair(key, folder.certificate(key.key_id))
