"""The nine services that Shanghai declares: whole, sourced, and as their examples say."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from yimen.base.expression import Expression, evaluate
from yimen.base.text import Text
from yimen.catalogue.definition import City, Criterion, Service
from yimen.catalogue.loader import load_folder
from yimen.catalogue.rules import check_answers, visible_materials
from yimen.catalogue.types import FieldKind, Subject

ROOT = Path(__file__).parents[2]
LAWS = ROOT.parent / "shared" / "data" / "laws" / "laws_3475.zip"
TODAY = date(2026, 11, 23)

SERVICES = {
    "minimum-living-allowance": "civil-affairs",
    "residence-permit": "police",
    "pension-enrolment": "labour-social-security",
    "medical-expense-reimbursement": "medical-insurance",
    "housing-fund-withdrawal": "housing-fund",
    "reproductive-service-card": "family-planning",
    "passport-application": "police",
    "business-licence": "industry-commerce",
    "administrative-reconsideration": "legislative-affairs",
}

# For every criterion: values for which it holds, and values for which it does not.
URBAN, ELSEWHERE = {"residence.registration": "urban"}, {"residence.registration": "elsewhere"}
CRITERIA = {
    ("minimum-living-allowance", "registered_here"): (URBAN, ELSEWHERE),
    ("minimum-living-allowance", "income"): (
        {"household.monthly_income": Decimal("3989.99"), "household.members": 3},
        {"household.monthly_income": Decimal("3990.00"), "household.members": 3},
    ),
    ("minimum-living-allowance", "not_receiving"): (
        {"household.allowance_status": "stopped"},
        {"household.allowance_status": "receiving"},
    ),
    ("residence-permit", "registered_elsewhere"): (ELSEWHERE, URBAN),
    ("residence-permit", "half_a_year"): (
        {"residence.residing_since": date(2026, 5, 23)},
        {"residence.residing_since": date(2026, 5, 24)},
    ),
    ("residence-permit", "work_home_or_school"): (
        {"residence.ground": "work"},
        {"residence.ground": "family", "residence.housing_until": date(2026, 11, 22)},
    ),
    ("pension-enrolment", "old_enough"): ({"person.age": 16}, {"person.age": 15}),
    ("pension-enrolment", "not_retired"): (
        {"person.age": 59, "person.sex": "male"},
        {"person.age": 55, "person.sex": "female"},
    ),
    ("pension-enrolment", "no_employer"): (
        {"employment.status": "self_employed"},
        {"employment.status": "employed"},
    ),
    ("pension-enrolment", "not_enrolled"): (
        {"pension.status": "suspended"},
        {"pension.status": "paying"},
    ),
    ("medical-expense-reimbursement", "insured"): (
        {"medical_insurance.status": "active"},
        {"medical_insurance.status": "suspended"},
    ),
    ("medical-expense-reimbursement", "no_arrears"): (
        {"medical_insurance.scheme": "retirees"},
        {
            "medical_insurance.scheme": "employees",
            "medical_insurance.paid_until": date(2026, 10, 31),
        },
    ),
    ("medical-expense-reimbursement", "insured_then"): (
        {"medical_insurance.insured_since": TODAY, "answer.treated_on": TODAY},
        {"medical_insurance.insured_since": TODAY, "answer.treated_on": date(2026, 11, 22)},
    ),
    ("housing-fund-withdrawal", "account"): (
        {"housing_fund.status": "sealed"},
        {"housing_fund.status": "closed"},
    ),
    ("housing-fund-withdrawal", "balance"): (
        {"housing_fund.balance": Decimal("0.01")},
        {"housing_fund.balance": Decimal("0.00")},
    ),
    ("housing-fund-withdrawal", "within_balance"): (
        {"housing_fund.balance": Decimal("100.00"), "answer.amount": Decimal("100.00")},
        {"housing_fund.balance": Decimal("100.00"), "answer.amount": Decimal("100.01")},
    ),
    ("reproductive-service-card", "lives_here"): (
        {"residence.residing_since": TODAY},
        ELSEWHERE | {"residence.residing_since": date(2026, 11, 24)},
    ),
    ("reproductive-service-card", "couple_or_expecting"): (
        {"population.marital_status": "single", "family_planning.pregnant": True},
        {"population.marital_status": "single", "family_planning.pregnant": False},
    ),
    ("passport-application", "old_enough"): ({"person.age": 16}, {"person.age": 15}),
    ("passport-application", "registered_or_permit"): (
        ELSEWHERE | {"residence.permit_valid_until": TODAY},
        ELSEWHERE | {"residence.permit_valid_until": date(2026, 11, 22)},
    ),
    ("passport-application", "free_to_leave"): (
        {"population.exit_barred": False},
        {"population.exit_barred": True},
    ),
    ("business-licence", "name_reserved"): (
        {"enterprise.status": "name_approved"},
        {"enterprise.status": "registered"},
    ),
    ("business-licence", "name_not_lapsed"): (
        {"enterprise.name_approved_on": date(2025, 11, 24)},
        {"enterprise.name_approved_on": date(2025, 11, 23)},
    ),
    ("business-licence", "capital"): (
        {"enterprise.registered_capital": Decimal("1.00")},
        {"enterprise.registered_capital": Decimal("0.00")},
    ),
}


@pytest.fixture(scope="module")
def city() -> City:
    """Shanghai as its folder declares it."""
    loaded, problems = load_folder(ROOT / "cities" / "shanghai")
    assert not problems, "\n".join(str(problem) for problem in problems)
    assert loaded is not None
    return loaded


@pytest.fixture(params=SERVICES)
def service(city: City, request: pytest.FixtureRequest) -> Service:
    """Each of the nine services."""
    return city.services[request.param]


def answer_of(criterion: Criterion, values: dict[str, object], city: City) -> bool | None:
    """What the criterion says of these values on the day of the test."""
    return evaluate(
        criterion.when,
        values,  # type: ignore[arg-type]  # the table above mixes the types on purpose
        today=TODAY,
        standard=lambda key: city.standard_on(key, TODAY),
    )


def texts_in(thing: object, where: str = "") -> Iterator[tuple[str, Text]]:
    """Every text of a declaration, with the way to it."""
    if isinstance(thing, Text):
        yield where, thing
    elif isinstance(thing, tuple):
        for number, part in enumerate(thing):
            yield from texts_in(part, f"{where}[{number}]")
    elif is_dataclass(thing) and not isinstance(thing, type):
        for field in fields(thing):
            yield from texts_in(getattr(thing, field.name), f"{where}.{field.name}")


def sources_in(thing: object) -> Iterator[str]:
    """Every source that a declaration names."""
    if isinstance(thing, tuple):
        for part in thing:
            yield from sources_in(part)
    elif is_dataclass(thing) and not isinstance(thing, type | Expression):
        for field in fields(thing):
            value = getattr(thing, field.name)
            if field.name == "source" and value:
                yield value
            else:
                yield from sources_in(value)


def test_the_nine_services_stand_with_their_departments(city):
    assert {code: city.services[code].agency for code in SERVICES} == SERVICES


def test_the_six_departments_of_the_neighbourhood_platform_each_have_one(city):
    agencies = {service.agency for service in city.services.values()}
    assert agencies >= {
        "labour-social-security",
        "civil-affairs",
        "police",
        "medical-insurance",
        "housing-fund",
        "family-planning",
    }


def test_every_text_is_written_in_both_languages(service):
    for where, text in texts_in(service):
        if text or not where.endswith((".hint", ".says")):
            assert sorted(text) == ["en", "zh"], where
            assert all(text.as_dict().values()), where


def test_no_text_is_merely_copied_into_the_other_language(service):
    for where, text in texts_in(service):
        if text:
            assert re.search("[一-鿿]", text["zh"]), where
            assert not re.search("[一-鿿]", text["en"].replace("吕", "")), where


def test_the_words_are_calm(service):
    for where, text in texts_in(service):
        assert "！" not in text["zh"] and "!" not in text["en"], where
        assert not re.search(r"(?<![申聘邀])请(?!求)", text["zh"]), f"{where}: {text['zh']}"
        assert not re.search(r"\bplease\b", text["en"], re.IGNORECASE), where


def test_every_question_that_asks_ends_with_a_question_mark(service):
    for field in service.fields:
        zh, en = field.label["zh"], field.label["en"]
        assert zh.endswith("？") == en.endswith("?"), field.key
        if re.match("(How|What|When|Which|Why|Do|Does|Is|Are|Has|Have|On|Since) ", en):
            assert en.endswith("?"), field.key


def test_the_summary_is_one_sentence(service):
    assert service.summary["zh"].count("。") == 1
    assert service.summary["en"].count(". ") == 0


def test_every_law_names_its_source(service):
    assert service.law
    assert all("《" in law.source for law in service.law)


def test_every_figure_of_law_names_its_source(service):
    assert service.fee.source
    if service.code != "reproductive-service-card":  # the law sets no limit: an example figure
        assert service.statutory.source
    for remedy in service.remedies:
        assert remedy.source and remedy.limit.source, remedy.title["en"]
    for criterion in service.criteria:
        assert criterion.source, criterion.key


def test_every_source_is_cited_in_both_languages(service):
    for source in {*sources_in(service)}:
        chinese, _, english = source.partition(" (")
        assert re.search("[一-鿿]", chinese), source
        assert re.fullmatch(r"[A-Z][^一-鿿]*\)", english), source


@pytest.mark.shared_data
@pytest.mark.skipif(not LAWS.exists(), reason=f"{LAWS} is not here")
def test_every_article_that_is_cited_stands_in_its_law(service):
    with zipfile.ZipFile(LAWS) as laws:
        names = [name for name in laws.namelist() if name.endswith(".md")]
        for source in {*sources_in(service)}:
            for title, articles in re.findall(
                r"《([^》]+)》((?:、?至?第[一二三四五六七八九十百]+条)+)", source
            ):
                texts = [
                    laws.read(name).decode()
                    for name in names
                    if re.fullmatch(rf"{re.escape(title)}(\(.*\))?\.md", name.rsplit("/", 1)[-1])
                ]
                assert texts, f"{title} is not among the laws: {source}"
                for article in re.findall("第[一二三四五六七八九十百]+条", articles):
                    assert any(re.search(rf"^{article}\s", text, re.MULTILINE) for text in texts), (
                        f"{title} has no {article}: {source}"
                    )


def test_the_form_asks_no_more_than_it_must(service):
    about_the_matter = [f for f in service.fields if not f.from_record.startswith("person.")]
    asked_always = [field for field in about_the_matter if field.when is None]
    assert 6 <= len(about_the_matter) <= 15
    assert 4 <= len(asked_always) <= 13
    assert len({field.kind for field in service.fields}) >= 5


def test_a_form_first_asks_who_applies_and_whoever_is_signed_in_only_confirms(service):
    if service.subject is Subject.PERSON:
        first = [(field.key, field.from_record) for field in service.fields[:3]]
        assert first == [
            ("full_name", "person.name"),
            ("id_number", "person.number"),
            ("email", ""),
        ]


def test_everybody_can_be_reached(service):
    phone, email = service.field_by_key("phone"), service.field_by_key("email")
    assert phone is not None and phone.required
    assert email is not None and not email.required


def test_what_the_city_knows_is_filled_in(service):
    assert any(field.from_record for field in service.fields)
    assert any(material.from_data_set for material in service.materials)


def test_some_questions_are_asked_only_where_they_fit(service):
    assert any(field.when for field in service.fields)


def test_bank_accounts_and_identity_numbers_are_marked_as_sensitive(service):
    for field in service.fields:
        if field.key == "bank_account" or field.kind is FieldKind.ID_NUMBER:
            assert field.sensitive, field.key


def test_only_the_business_licence_is_for_companies(service):
    about_companies = service.code == "business-licence"
    assert (service.subject is Subject.ORGANISATION) is about_companies


def test_two_agencies_decide_together_on_allowance_and_licence(city):
    joint = {s.code: s.agency_for("partner") for s in city.services.values() if s.bindings}
    assert joint == {
        "minimum-living-allowance": "labour-social-security",
        "business-licence": "police",
    }


def test_the_certificate_uses_only_words_that_are_known(service):
    answers = {f"answer.{field.key}" for field in service.fields if not field.sensitive}
    known = {"name", "receipt", "decided_on", *answers}
    if service.result.valid_years:
        known.add("valid_until")
    for text in service.result.body.as_dict().values():
        used = set(re.findall(r"\{([^}]*)\}", text))
        assert used <= known
        assert {"receipt", "decided_on"} <= used


def test_the_certificate_names_only_answers_that_everyone_gives(service):
    for key in re.findall(r"\{answer\.([^}]*)\}", service.result.body["zh"]):
        field = service.field_by_key(key)
        assert field is not None and field.required and field.when is None, key
        assert field.kind is not FieldKind.CHOICE, key


def test_the_guide_says_who_how_and_what_goes_wrong(service):
    zh, en = service.guide["zh"], service.guide["en"]
    assert re.findall("^## .*", zh, re.MULTILINE) == [
        "## 适合哪些人",
        "## 怎么办",
        "## 常有人问",
        "## 最容易出的差错",
    ]
    assert re.findall("^## .*", en, re.MULTILINE) == [
        "## Who it is for",
        "## How it goes",
        "## What people often ask",
        "## What most often goes wrong",
    ]
    assert 300 <= len(re.findall("[一-鿿]", zh)) <= 1200
    assert 200 <= len(en.split()) <= 700


def test_there_are_good_and_bad_examples(service):
    good = [example for example in service.examples if example.valid]
    bad = [example for example in service.examples if not example.valid]
    assert len(good) >= 2
    assert len(bad) >= 3
    assert len({code for example in bad for code in example.expects.values()}) >= 3


def test_every_example_ends_as_it_says(city, service):
    for example in service.examples:
        errors = check_answers(service, city, example.answers, example.materials, today=TODAY)
        found = {error.key: str(error.code) for error in errors}
        assert found == dict(example.expects), example.name
        assert (not found) is example.valid, example.name


def test_nobody_is_asked_for_what_a_record_answers(city, service):
    here = {material.key for material in service.materials if material.from_data_set}
    for example in service.examples:
        if example.valid:
            brought = set(example.materials) - here
            assert not check_answers(
                service, city, example.answers, brought, stands_in=here, today=TODAY
            ), example.name


def test_the_examples_reach_every_condition_of_a_question(city, service):
    conditional = {field.key for field in service.fields if field.when}
    answered = {key for example in service.examples for key in example.answers}
    assert conditional <= answered


def test_every_material_that_an_example_brings_is_called_for(city, service):
    for example in service.examples:
        if example.valid:
            wanted = visible_materials(service, city, example.answers, today=TODAY)
            assert set(example.materials) <= {material.key for material in wanted}, example.name


def test_every_criterion_of_the_nine_services_is_tried(city):
    declared = {(code, c.key) for code in SERVICES for c in city.services[code].criteria}
    assert declared == set(CRITERIA)


@pytest.mark.parametrize(("code", "key"), CRITERIA, ids=lambda word: word)
def test_a_criterion_says_yes_no_and_not_known(city, code, key):
    criterion = next(c for c in city.services[code].criteria if c.key == key)
    holds, fails = CRITERIA[code, key]
    assert answer_of(criterion, holds, city) is True
    assert answer_of(criterion, fails, city) is False
    assert answer_of(criterion, {}, city) is None


def test_household_income_exactly_at_the_standard_is_not_below_it(city):
    income = city.services["minimum-living-allowance"].criteria[1]
    standard = city.standard_on("living_allowance", TODAY)
    assert standard is not None
    for members in (1, 3, 7):
        known = {"household.members": members, "household.monthly_income": standard * members}
        assert answer_of(income, known, city) is False


def test_a_household_without_members_is_not_known_rather_than_rich(city):
    income = city.services["minimum-living-allowance"].criteria[1]
    known = {"household.members": 0, "household.monthly_income": Decimal(100)}
    assert answer_of(income, known, city) is None
