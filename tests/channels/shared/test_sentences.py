"""What is wrong is said in a sentence of its own, in both languages."""

from datetime import date
from decimal import Decimal

import pytest
from declared import MATERIAL, field
from django.utils.translation import override

from yimen.cases.rules.errors import FileProblem, FileRefused
from yimen.catalogue.types import AnswerCode, FieldKind
from yimen.channels.shared import sentences

ABOUT_FIELDS = [
    code
    for code in AnswerCode
    if code not in (AnswerCode.MATERIAL_MISSING, AnswerCode.UNKNOWN_FIELD)
]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_error_of_the_rules_has_a_sentence_that_names_the_question(language: str) -> None:
    asked = field(FieldKind.MONEY, minimum=Decimal(0), maximum=Decimal(100))
    with override(language):
        found = {code: sentences.about_field(code, asked, language) for code in ABOUT_FIELDS}
        unheard_of = sentences.about_field("unheard_of", asked, language)
    assert len({*found.values(), unheard_of}) == len(ABOUT_FIELDS) + 1
    for sentence in found.values():
        assert asked.label[language] in sentence
        assert "%" not in sentence


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("problem", FileProblem)
def test_every_refused_file_has_a_sentence_that_names_the_file(
    problem: FileProblem, language: str
) -> None:
    with override(language):
        sentence = sentences.about_file(FileRefused(problem, "pay.pdf"), MATERIAL)
    assert "pay.pdf" in sentence
    assert "%" not in sentence


def test_english_and_chinese_are_written_apart() -> None:
    asked = field(FieldKind.TEXT)
    with override("en"):
        english = sentences.about_field("required", asked, "en")
    with override("zh-hans"):
        chinese = sentences.about_field("required", asked, "zh-hans")
    assert english == "“What is your income?” has no answer yet. Write it here."
    assert chinese == "“收入多少？”还没有填。填在这里。"


def test_a_broken_limit_is_named_as_the_rules_name_it() -> None:
    with override("en"):
        early = sentences.about_field("too_small", field(FieldKind.DATE), "en", date(1850, 1, 1))
        much = sentences.about_field(
            "too_large", field(FieldKind.MONEY, maximum=Decimal(12000)), "en"
        )
    assert early == "“What is your income?” lies before 1 January 1850. Write a later day."
    assert "above 12,000. Write 12,000 or less" in much


def test_whole_numbers_are_asked_for_as_whole_numbers() -> None:
    with override("en"):
        whole = sentences.about_field("not_a_number", field(FieldKind.INTEGER), "en")
        money = sentences.about_field("not_a_number", field(FieldKind.MONEY), "en")
    assert "whole number" in whole
    assert "1200.50" in money


def test_a_missing_document_is_asked_for_by_its_name() -> None:
    with override("en"):
        said = sentences.about_material("material_missing", MATERIAL, "en")
        other = sentences.about_material("unheard_of", MATERIAL, "en")
    assert said == "“Proof of income” is missing. Add a photo or a file of it."
    assert "Proof of income" in other


def test_a_question_that_is_gone_is_named_but_cut_short() -> None:
    with override("en"):
        assert "x" * 80 + "”" in sentences.about_unknown_field("x" * 5_000)
