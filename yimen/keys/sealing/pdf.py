"""The seal in a PDF: PAdES B-LT (ETSI EN 319 142-1), made without asking anybody outside.

One increment holds all: the agency's signature over every byte but its own place, a time stamp
(RFC 3161) of the city over that signature, and what a verifier needs in years to come, the root,
the certificates and the list of revoked ones (DSS). The field is invisible and prints nothing, as
PDF/A wants it of a signature without an appearance.

Imported where the first PDF is sealed, in the worker: pyHanko is 20 MB that no web worker needs.
"""

from datetime import datetime
from io import BytesIO

from asn1crypto import crl
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.validation.dss import DocumentSecurityStore

from yimen.keys.sealing.cms import longest_seal, seal_of
from yimen.keys.sealing.material import SealMaterial

FIELD = "Seal"


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
    # No empty place is left in which a byte could be changed; two digits are one byte.
    place = 2 * longest_seal(material.seal, material.stamp, at)
    steps = PdfCMSEmbedder().write_cms(FIELD, writer)
    next(steps)
    signature = SignatureObject(
        timestamp=at, subfilter=SigSeedSubFilter.PADES, name=name, bytes_reserved=place
    )
    steps.send(SigObjSetup(signature))
    prepared, sealed = steps.send(SigIOSetup("sha256"))
    steps.send(seal_of(prepared.document_digest, material.seal, material.stamp, at))
    return bytes(sealed.getvalue())


def _certificate(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
