"""A small city with two agencies, its trust for `pdfsig`, and PDFs to seal."""

import subprocess
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pikepdf

from yimen.base.text import Text
from yimen.keys import queries
from yimen.keys.types import Authority, Sealer, State

CITY = Text.of({"zh": "上海市", "en": "Shanghai"})
AUTHORITY = Authority(
    city=CITY,
    root=Text.of({"zh": "上海市电子印章根证书", "en": "Root certificate of the seals of Shanghai"}),
    stamp=Text.of({"zh": "上海市时间戳", "en": "Time stamps of Shanghai"}),
    revocations="https://yimen.example/seals",
)
POLICE = Sealer("police", Text.of({"zh": "上海市公安局", "en": "Public Security Bureau"}))
LABOUR = Sealer("labour", Text.of({"zh": "劳动和社会保障局", "en": "Labour Bureau"}))
ENGLISH = Authority(
    Text.of({"en": "Riverton"}), Text.of({"en": "Riverton root"}), Text.of({"en": "Riverton time"})
)
MARKETS = Sealer("markets", Text.of({"en": "Markets Bureau"}))


def a_pdf(words: str = "a decision") -> bytes:
    """Return a page with some words on it."""
    pdf, content = pikepdf.new(), BytesIO()
    pdf.add_blank_page()
    pdf.pages[0].Contents = pdf.make_stream(f"% {words}\n".encode() * 50)
    pdf.save(content)
    return content.getvalue()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `pdfsig` says of the one seal of a file."""

    words: str

    @property
    def is_valid(self) -> bool:
        return "Signature Validation: Signature is Valid." in self.words

    @property
    def is_trusted(self) -> bool:
        return "Certificate Validation: Certificate is Trusted." in self.words

    @property
    def is_whole(self) -> bool:
        return "Total document signed" in self.words

    @property
    def holds(self) -> bool:
        return self.is_valid and self.is_trusted and self.is_whole


class Trust:
    """What somebody has who took the certificate of the city home, and nothing else of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = f"sql:{folder}"
        self._run("certutil", "-N", "-d", self.database, "--empty-password")

    def believe(self, name: str, pem: str) -> None:
        file = self.folder / f"{name}.crt"
        file.write_text(pem)
        self._run(
            "certutil", "-A", "-d", self.database, "-n", name, "-t", ",C,", "-a", "-i", str(file)
        )

    def asked(self, pdf: bytes) -> Verdict:
        file = self.folder / "paper.pdf"
        file.write_bytes(pdf)
        done = subprocess.run(
            ["pdfsig", "-nssdir", self.database, str(file)],
            capture_output=True,
            text=True,
            errors="replace",
            env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        )
        return Verdict(done.stdout + done.stderr)

    @staticmethod
    def _run(*words: str) -> None:
        subprocess.run(words, check=True, capture_output=True)


def root_key() -> str:
    """Return the name of the root's key."""
    return next(c.key_id for c in queries.certificates() if c.purpose == "authority")


def root_pem() -> str:
    """Return the certificate of the root that signs now, as the portal gives it away."""
    roots = [c for c in queries.certificates() if c.purpose == "authority"]
    return next(c.pem for c in roots if c.state is State.IN_USE)
