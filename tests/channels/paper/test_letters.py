"""Certificates and letters: whole in every language, readable by people, machines and telephones."""

import io
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from applied_city import _applied, city
from django.apps import apps
from PIL import Image

from yimen.base.text import Text
from yimen.base.typesetting import compile_pdf
from yimen.cases.actions import papers
from yimen.cases.actions.seals import sealed_by_agency
from yimen.cases.types import DocumentKind, Ground, LawNamed, Paper, RemedyNamed, StandardNamed
from yimen.channels.paper import letters
from yimen.channels.paper.letters import TEMPLATE, paper_data

__all__ = ["_applied", "city"]
pytestmark = pytest.mark.usefixtures("city")
URL = "https://yimen.example/verify/K7MP-2XQF-9RTW-BC34/"
SCRIPT = '<script>alert(1)</script> #eval("1") $x$ *b* _i_ @ref \\ `raw` [ ]'

CERTIFICATE = Paper(
    kind=DocumentKind.CERTIFICATE,
    language="zh",
    languages=("zh", "en"),
    city=Text.of({"zh": "上海市", "en": "Shanghai"}),
    agency=Text.of({"zh": "上海市公安局", "en": "Shanghai Municipal Public Security Bureau"}),
    title=Text.of({"zh": "居住证签发通知书", "en": "Notice of a residence permit"}),
    body=Text.of({"zh": "卫国平：准予签发居住证。", "en": "卫国平: your permit is issued."}),
    name="卫国平",
    receipt_number="261123-7K2M-9QXA",
    service=Text.of({"zh": "居住证", "en": "Residence permit"}),
    decided_on=date(2026, 11, 23),
    decided_by="311",
    reason="an officer's note",
    grounds=(),
    remedies=(),
    valid_until=date(2027, 11, 23),
    verification_code="K7MP-2XQF-9RTW-BC34",
    verification_url=URL,
)
REFUSAL = replace(
    CERTIFICATE,
    kind=DocumentKind.REFUSAL,
    language="en",
    reason="You came in August.\nSecond line.",
    valid_until=None,
    grounds=(
        Ground(
            "half_a_year",
            Text.of({"zh": "还没有住满半年", "en": "Not half a year yet"}),
            "《居住证暂行条例》第二条 (Interim Regulations on Residence Permits, art. 2)",
            "residence",
            Text.of({"zh": "户籍与居住登记", "en": "Residence register"}),
            ("residence.residing_since",),
            date(2026, 10, 1),
            "police-2026-10",
            (
                StandardNamed(
                    Text.of({"zh": "低保标准", "en": "Living allowance"}),
                    Decimal("1330.00"),
                    "CNY/month",
                    date(2021, 7, 1),
                    "Shine, 24 June 2021",
                ),
            ),
            ("2026-08-20",),
        ),
        Ground("stated", Text.of({"zh": "填写的住址不全", "en": "The address is incomplete"})),
    ),
    remedies=(
        RemedyNamed(
            Text.of({"zh": "申请行政复议", "en": "Ask for reconsideration"}),
            Text.of({"zh": "向市政府申请。", "en": "Ask the city government."}),
            date(2027, 1, 22),
            60,
            "calendar_days",
        ),
        RemedyNamed(
            Text.of({"zh": "起诉", "en": "Go to court"}),
            Text.of({"zh": "向法院起诉。", "en": "Sue."}),
            None,
            15,
            "calendar_days",
            after=Text.of({"zh": "申请行政复议", "en": "Ask for reconsideration"}),
        ),
    ),
)


def pdf_of(paper: Paper) -> bytes:
    return compile_pdf(TEMPLATE, paper_data(paper), at=datetime(2026, 11, 23, tzinfo=UTC))


def words_of(pdf: bytes, tmp_path: Path) -> str:
    """Return the text as a program extracts it, without the ends of lines."""
    file = tmp_path / "paper.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(
        ["pdftotext", "-raw", str(file), "-"], capture_output=True, check=True, text=True
    )
    return "".join(done.stdout.split())


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_both_kinds_are_set_by_this_channel() -> None:
    apps.get_app_config("paper").ready()
    assert papers._templates[DocumentKind.CERTIFICATE] == (TEMPLATE, paper_data)
    assert papers._templates[DocumentKind.REFUSAL] == (TEMPLATE, paper_data)


def test_a_certificate_stands_in_every_language_the_applicants_first(tmp_path: Path) -> None:
    words = words_of(pdf_of(CERTIFICATE), tmp_path)
    chinese, english = words.index("居住证签发通知书"), words.index("Noticeofaresidencepermit")
    assert chinese < english
    for text in (
        "申请人卫国平",
        "决定日期2026年11月23日（星期一）",
        "有效期至2027年11月23日（星期二）",
        "卫国平：准予签发居住证。",
        "Decided on Monday 23 November 2026",
        "Valid until Tuesday 23 November 2027",
        "承办人：311号",
        "Office 311",
        "本文书由上海市公安局加盖电子印章",
        "Sealed electronically by Shanghai Municipal Public Security Bureau",
        "K7MP-2XQF-9RTW-BC34",
        URL,
    ):
        assert squeezed(text) in words, text
    assert "anofficer" not in words
    english_first = words_of(pdf_of(replace(CERTIFICATE, language="en")), tmp_path)
    assert english_first.index("Noticeofaresidencepermit") < english_first.index("居住证签发通知书")


def test_a_refusal_names_reason_law_record_day_and_remedy(tmp_path: Path) -> None:
    words = words_of(pdf_of(REFUSAL), tmp_path)
    for text in (
        "Letter of refusal",
        "不予批准决定书",
        "Your application “Residence permit” was examined. It is refused.",
        "你申请的“居住证”，经审查，决定不予批准。",
        "You came in August.",
        "Not half a year yet",
        "Interim Regulations on Residence Permits, art. 2",
        "Living in the city since 20 August 2026",
        "Residence register · Shanghai Municipal Public Security Bureau",
        "1 October 2026",
        "户籍与居住登记",
        "The address is incomplete",
        "Living allowance: 1330 yuan a month, since 1 July 2021 · Source: Shine, 24 June 2021",
        "低保标准：每月1330 元，自2021年7月1日起 · 出处：Shine, 24 June 2021",
        "If you disagree with this decision",
        "Last day: Friday 22 January 2027",
        "最后一天：2027年1月22日（星期五）",
        "15 days from receiving the outcome of “Ask for reconsideration”",
        "收到“申请行政复议”的结果之日起15天内",
    ):
        assert squeezed(text) in words, text


def test_a_revocation_names_the_ground_and_what_no_longer_holds(tmp_path: Path) -> None:
    revoked = replace(
        REFUSAL,
        kind=DocumentKind.REVOCATION,
        grounds=(),
        law=LawNamed(
            "deceit",
            Text.of({"zh": "以欺骗手段取得", "en": "It was obtained by deceit"}),
            "《行政许可法》第六十九条 (Administrative Licensing Law, art. 69)",
        ),
        instead_of=date(2026, 11, 3),
        ended_code="K7MP-2XQF-9RTW-0000",
    )
    words = words_of(pdf_of(revoked), tmp_path)
    for text in (
        "Letter of revocation",
        "撤销决定书",
        "The approval of “Residence permit” is revoked.",
        "“居住证”的准予决定已经撤销",
        "It was obtained by deceit",
        "Administrative Licensing Law, art. 69",
        "以欺骗手段取得",
        "You came in August.",
        "Tuesday 3 November 2026 (paper K7MP-2XQF-9RTW-0000, which no longer holds)",
        "Last day: Friday 22 January 2027",
    ):
        assert squeezed(text) in words, text
    bare = words_of(pdf_of(replace(revoked, ended_code="", law=None)), tmp_path)
    assert squeezed("the decision of Tuesday 3 November 2026") in bare and "0000" not in bare


def test_a_corrected_certificate_says_in_whose_place_it_stands(tmp_path: Path) -> None:
    anew = replace(CERTIFICATE, instead_of=date(2026, 11, 3), ended_code="K7MP-2XQF-9RTW-0000")
    words = words_of(pdf_of(anew), tmp_path)
    assert squeezed("代替2026年11月3日（星期二）的决定") in words
    assert squeezed("In place of the decision of Tuesday 3 November 2026") in words


def test_a_decision_by_the_rules_says_so(tmp_path: Path) -> None:
    words = words_of(pdf_of(replace(CERTIFICATE, decided_by="")), tmp_path)
    assert squeezed("Decided by the rules of the service, without an officer.") in words


def test_words_that_look_like_commands_stay_words(tmp_path: Path) -> None:
    hostile = replace(
        REFUSAL,
        name=SCRIPT,
        reason=SCRIPT,
        body=Text.of({"zh": SCRIPT, "en": SCRIPT}),
        service=Text.of({"zh": SCRIPT, "en": SCRIPT}),
    )
    assert (
        words_of(pdf_of(hostile), tmp_path).count(squeezed("<script>alert(1)</script>#eval")) >= 4
    )
    certificate = replace(CERTIFICATE, body=Text.of({"zh": SCRIPT, "en": SCRIPT}))
    assert squeezed('#eval("1")') in words_of(pdf_of(certificate), tmp_path)


def test_a_telephone_reads_the_address_from_the_paper(tmp_path: Path) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(pdf_of(CERTIFICATE))
    subprocess.run(["pdftoppm", "-r", "100", "-png", str(file), str(tmp_path / "page")], check=True)
    pages = sorted(tmp_path.glob("page*.png"))
    assert len(pages) == 2
    for page in pages:
        assert [found.text for found in zxingcpp.read_barcodes(Image.open(page))] == [URL]


def test_the_paper_is_archivable_and_reads_aloud() -> None:
    with pikepdf.open(io.BytesIO(pdf_of(CERTIFICATE))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).lower().startswith("zh")
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "2A"


def test_the_seal_adds_to_the_paper_and_changes_nothing_of_it(data_folder: Path) -> None:
    paper = pdf_of(CERTIFICATE)
    sealed = sealed_by_agency(paper, "police").pdf
    assert sealed.startswith(paper)
    with pikepdf.open(io.BytesIO(sealed)) as pdf:
        assert pdf.Root.MarkInfo.Marked and pdf.Root.StructTreeRoot.K
        assert str(pdf.Root.Lang).lower().startswith("zh")
        with pikepdf.open(io.BytesIO(paper)) as before:
            assert str(pdf.docinfo.Creator) == str(before.docinfo.Creator)
            assert pdf.docinfo.keys() == before.docinfo.keys()
            assert pdf.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "2A"
        [field] = pdf.Root.AcroForm.Fields
        assert field.Rect.as_list() == [0, 0, 0, 0] and int(field.F) == 132  # print, locked
        assert not pdf.Root.AcroForm.get("/NeedAppearances", False)
        assert pdf.trailer.ID and not pdf.is_encrypted


def test_a_city_with_one_language_has_one_page() -> None:
    single = replace(CERTIFICATE, languages=("en",), language="en")
    with pikepdf.open(io.BytesIO(pdf_of(single))) as pdf:
        assert len(pdf.pages) == 1


def test_a_city_without_an_emblem_and_colour_gets_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "current_emblem", lambda: "")
    data: Mapping[str, object] = paper_data(replace(CERTIFICATE, accent=""))
    assert str(data["emblem"]).startswith("<svg")
    assert data["accent"] == "#A8321F"
    monkeypatch.setattr(letters, "find", lambda name: None)
    assert str(paper_data(CERTIFICATE)["emblem"]).startswith("<svg")


def test_a_record_of_a_data_set_that_is_gone_is_still_named() -> None:
    ground = replace(
        REFUSAL.grounds[0],
        data_set="gone",
        data_set_title=Text(),
        field_names=("gone.field",),
        values=(),
    )
    versions = paper_data(replace(REFUSAL, grounds=(ground,)))["versions"]
    assert isinstance(versions, list)
    assert versions[0]["records"] == [
        {
            "says": [{"label": "gone.field", "value": ""}],
            "source": "gone",
            "as-of": "1 October 2026",
        }
    ]
