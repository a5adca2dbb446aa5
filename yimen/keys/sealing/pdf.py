"""The seal in a PDF: PAdES B-LT (ETSI EN 319 142-1), made without asking anybody outside.

One increment holds all: the agency's signature over every byte but its own place, a time stamp
(RFC 3161) of the city over that signature, and what a verifier needs in years to come, the root,
the certificates and the list of withdrawn ones (DSS). The field is invisible and prints nothing, as
PDF/A wants it of a signature without an appearance.

Imported where the first PDF is sealed, in the worker: pyHanko is 20 MB that no web worker needs.
"""

import secrets
from datetime import datetime
from hashlib import sha256
from io import BytesIO

from asn1crypto import cms, crl, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore

from yimen.keys.sealing.material import Pair, SealMaterial

FIELD = "Seal"
_LONGEST_SIGNATURE = 72  # bytes of an ECDSA signature on P-256 in DER
# What our time stamps promise, as RFC 3161 wants it named: anyPolicy, that is nothing in particular.
_POLICY = "2.5.29.32.0"


def sealed_pdf(pdf: bytes, material: SealMaterial, name: str, at: datetime) -> bytes:
    """Return a PDF with the seal in it; ``name`` is whom viewers show beside the certificate's."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[
            _certificate(material.root),
            _certificate(material.seal.certificate),
            _certificate(material.stamp.certificate),
        ],
        crls=[crl.CertificateList.load(material.revocations.public_bytes(Encoding.DER))],
    )
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=name,
        tight_size_estimates=True,  # no empty place is left in which a byte could be changed
    )
    signer = PdfSigner(
        metadata, KeySigner(material.seal), timestamper=CityStamper(material.stamp, at)
    )
    sealed: BytesIO = signer.sign_pdf(writer)
    return sealed.getvalue()


class KeySigner(Signer):
    """Lets a key of the folder, or of the token, sign for pyHanko."""

    def __init__(self, pair: Pair) -> None:
        super().__init__(signing_cert=_certificate(pair.certificate), embed_roots=False)
        self._key = pair.key

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        """Return the signature in DER; a dry run asks how long it may become."""
        if dry_run:
            return bytes(_LONGEST_SIGNATURE)
        value = self._key.algorithm.sign(self._key.private, data)
        return encode_dss_signature(
            int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big")
        )


class CityStamper(TimeStamper):
    """The city's own authority for time stamps, in this process: its clock, its key."""

    def __init__(self, stamp: Pair, at: datetime) -> None:
        super().__init__(include_nonce=False)  # type: ignore[no-untyped-call]  # pyHanko's
        self._signer = KeySigner(stamp)
        self._at = at.replace(microsecond=0)

    async def async_dummy_response(self, md_algorithm: str) -> cms.ContentInfo:
        """Return a token of the greatest length, signed by nobody."""
        _nonce, request = self.request_cms(bytes(32), md_algorithm)  # type: ignore[no-untyped-call]
        return await self._token(request, dry_run=True)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Answer a request for a time stamp."""
        return tsp.TimeStampResp(
            {"status": {"status": "granted"}, "time_stamp_token": await self._token(req)}
        )

    async def _token(self, req: tsp.TimeStampReq, *, dry_run: bool = False) -> cms.ContentInfo:
        serial = b"\x01" + secrets.token_bytes(15)  # positive, and always of one length
        content = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": _POLICY,
                "message_imprint": req["message_imprint"],
                "serial_number": int.from_bytes(serial, "big"),
                "gen_time": self._at,
            }
        ).dump()
        enclosed = cms.EncapsulatedContentInfo(
            {"content_type": "tst_info", "content": cms.ParsableOctetString(content)}
        )
        return await self._signer.async_sign(
            sha256(content).digest(),
            "sha256",
            dry_run=dry_run,
            is_pdf_sig=False,
            encap_content_info=enclosed,
        )


def _certificate(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
