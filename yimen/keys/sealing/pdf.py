"""The seal in a PDF: PAdES B-LT (ETSI EN 319 142-1), made without asking anybody outside.

One increment holds all: the agency's signature over every byte but its own place, a time stamp
(RFC 3161) of the city over that signature, and what a verifier needs in years to come, the root,
the certificates and the list of revoked ones (DSS). The field is invisible and prints nothing, as
PDF/A wants it of a signature without an appearance.

Imported where the first PDF is sealed, in the worker: pyHanko is 20 MB that no web worker needs.
"""

from datetime import datetime
from io import BytesIO

from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, StreamObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from yimen.keys.sealing.cms import longest_seal, seal_of
from yimen.keys.sealing.material import SealMaterial

FIELD = "Seal"


def sealed_pdf(pdf: bytes, material: SealMaterial, name: str, at: datetime) -> bytes:
    """Return a PDF with the seal in it; ``name`` is whom viewers show beside the certificate's."""
    writer = _Increment(BytesIO(pdf))
    _add_for_verifiers(writer, material)
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


class _Increment(IncrementalPdfFileWriter):
    """Adds to a paper, and leaves what it says of itself as it was: PDF/A is strict with that."""

    def _update_meta(self) -> None:
        pass


def _add_for_verifiers(writer: IncrementalPdfFileWriter, material: SealMaterial) -> None:
    """Add the document security store."""
    certificates = (material.root, material.seal.certificate, material.stamp.certificate)
    parts = {
        "/Certs": [one.public_bytes(Encoding.DER) for one in certificates],
        "/CRLs": [material.revocations.public_bytes(Encoding.DER)],
    }
    store = DictionaryObject({pdf_name("/Type"): pdf_name("/DSS")})  # type: ignore[no-untyped-call]  # pyHanko's
    for name, contents in parts.items():
        streams = [writer.add_object(StreamObject(stream_data=content)) for content in contents]
        store[pdf_name(name)] = ArrayObject(streams)
    writer.root[pdf_name("/DSS")] = writer.add_object(store)
    writer.update_root()  # type: ignore[no-untyped-call]  # pyHanko's
