"""The city's own authority: made on first need, renewed before anything ends, never twice."""

import json
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from sealing_life import AUTHORITY, ENGLISH, LABOUR, MARKETS, POLICE, a_pdf, root_key

from yimen.base.clock import now
from yimen.base.text import Text
from yimen.keys import actions, commands, queries, rules
from yimen.keys.loader.folder import KeyFolder
from yimen.keys.types import CertificateFacts, Sealer, State

YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def keys(data_folder: Path) -> Path:
    return data_folder / "keys"


def seal(sealer: Sealer = POLICE) -> str:
    return actions.seal_pdf(a_pdf(), AUTHORITY, sealer).key_id


def facts(key_id: str) -> CertificateFacts:
    found = queries.certificate_of(key_id)
    assert found is not None
    return found


def certificate(key_id: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(facts(key_id).pem.encode())


def states() -> dict[str, list[State]]:
    found: dict[str, list[State]] = {}
    for one in queries.certificates():
        found.setdefault(one.purpose, []).append(one.state)
    return found


def said(*words: str) -> str:
    done = CliRunner().invoke(commands.command, words)
    assert done.exit_code == 0, done.output
    return done.stdout


# Made


def test_root_and_time_stamp_are_made_before_the_first_paper(keys: Path) -> None:
    assert queries.certificates() == []
    actions.ensure_authority(AUTHORITY)
    assert states() == {"authority": [State.IN_USE], "time-stamp": [State.IN_USE]}
    before = queries.certificates()
    actions.ensure_authority(AUTHORITY)
    assert queries.certificates() == before
    assert queries.revocation_list(root_key())


def test_a_certificate_names_city_and_agency_in_every_language() -> None:
    made = certificate(seal())
    [city] = made.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    assert city.value == "上海市"
    assert facts(seal()).names == ("上海市公安局", "Public Security Bureau")
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    english = names.get_values_for_type(x509.DirectoryName)[1]
    assert english.rfc4514_string() == "CN=Public Security Bureau,O=Shanghai"


def test_a_name_that_is_too_long_for_a_certificate_is_cut() -> None:
    long = Sealer("long", Text.of({"zh": "局" * 80, "en": "x" * 64}))
    assert facts(seal(long)).names == ("局" * 20 + "…", "x" * 64)


def test_certificates_say_what_their_keys_are_for() -> None:
    police = certificate(seal())
    usage = police.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.content_commitment and usage.digital_signature and not usage.key_cert_sign
    lists = police.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    [address] = lists[0].full_name or []
    assert address.value == f"https://yimen.example/seals/{root_key()}.crl"
    root = certificate(root_key())
    usage = root.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.key_cert_sign and usage.crl_sign and not usage.digital_signature
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    [stamp] = [one for one in queries.certificates() if one.purpose == "time-stamp"]
    extended = certificate(stamp.key_id).extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert [*extended.value] == [ExtendedKeyUsageOID.TIME_STAMPING] and extended.critical
    police.verify_directly_issued_by(root)


def test_a_city_without_a_public_address_names_no_list() -> None:
    made = certificate(actions.seal_pdf(a_pdf(), ENGLISH, MARKETS).key_id)
    with pytest.raises(x509.ExtensionNotFound):
        made.extensions.get_extension_for_class(x509.CRLDistributionPoints)
    actions.rotate("seal-markets")


def test_a_city_that_moves_names_its_new_address_in_the_next_seal() -> None:
    first = seal()
    moved = replace(AUTHORITY, revocations="https://elsewhere.example/seals")
    second = actions.seal_pdf(a_pdf(), moved, POLICE).key_id
    lists = certificate(second).extensions.get_extension_for_class(x509.CRLDistributionPoints)
    [address] = lists.value[0].full_name or []
    assert second != first and address.value.startswith("https://elsewhere.example/seals/")
    assert len(states()["authority"]) == len(states()["time-stamp"]) == 1


def test_keys_and_certificates_are_the_owners_alone(keys: Path) -> None:
    actions.revoke(seal(), "a test")
    for path in keys.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


# Renewed


def test_a_certificate_is_renewed_before_it_ends_and_the_old_one_is_kept() -> None:
    first = seal()
    with time_machine.travel(now() + 2 * YEAR):
        assert seal() == first
    with time_machine.travel(now() + 3 * YEAR - timedelta(days=60)):
        second = seal()
        assert second != first
        assert facts(first).state is State.REPLACED
    with time_machine.travel(now() + 3 * YEAR + timedelta(days=1)):
        assert facts(first).state is State.EXPIRED
        assert seal() == second


def test_a_city_that_slept_for_forty_years_gets_everything_new() -> None:
    first = seal()
    with time_machine.travel(now() + 40 * YEAR):
        assert seal() != first
        assert states()["authority"] == [State.IN_USE, State.EXPIRED] or states()["authority"] == [
            State.EXPIRED,
            State.IN_USE,
        ]


def test_the_night_renews_what_nears_its_end() -> None:
    first = seal()
    actions.renew_seals()
    assert seal() == first and len(queries.certificates()) == 3
    with time_machine.travel(now() + 3 * YEAR - timedelta(days=60)):
        actions.renew_seals()
        assert facts(first).state is State.REPLACED
        assert sorted(states()["time-stamp"]) == [State.IN_USE, State.REPLACED]
        [second] = [
            c for c in queries.certificates() if c.purpose == "seal-police" and c.state == "in-use"
        ]
        assert second.names == facts(first).names


def test_the_night_has_nothing_to_do_in_a_city_without_seals() -> None:
    actions.ensure_keys()
    actions.renew_seals()
    assert queries.certificates() == []


def test_a_list_of_revoked_certificates_is_of_today() -> None:
    seal()
    first = queries.revocation_list(root_key())
    seal()
    assert queries.revocation_list(root_key()) == first
    with time_machine.travel(now() + timedelta(days=2)):
        seal()
        newer = queries.revocation_list(root_key())
    assert newer is not None and first is not None and newer != first
    numbers = [
        x509.load_der_x509_crl(one).extensions.get_extension_for_class(x509.CRLNumber).value
        for one in (first, newer)
    ]
    assert numbers[0].crl_number < numbers[1].crl_number
    assert queries.revocation_list("authority-0000000000000000") is None
    assert queries.revocation_list("../../etc/passwd") is None


def test_an_agency_with_a_new_name_seals_with_it_and_a_renamed_city_keeps_its_root() -> None:
    first, root = seal(), root_key()
    renamed = Sealer("police", Text.of({"zh": "上海市公安厅", "en": "Police"}))
    second = seal(renamed)
    assert second != first and facts(second).names == ("上海市公安厅", "Police")
    actions.seal_pdf(a_pdf(), ENGLISH, MARKETS)
    assert [c.key_id for c in queries.certificates() if c.purpose == "authority"] == [root]


def test_another_root_signs_every_seal_anew() -> None:
    first = seal()
    second_root = actions.rotate("authority")
    second = seal()
    assert second != first
    certificate(second).verify_directly_issued_by(certificate(second_root))
    actions.revoke(first, "with the old root")
    [old_root] = [
        c.key_id
        for c in queries.certificates()
        if c.state == "replaced" and c.purpose == "authority"
    ]
    listed = {name: queries.revocation_list(name) for name in (old_root, second_root)}
    counts = {n: len(list(x509.load_der_x509_crl(one))) for n, one in listed.items() if one}
    assert counts == {old_root: 1, second_root: 0}
    with time_machine.travel(now() + timedelta(days=2)):
        actions.revoke(first, "told twice")
        seal()
        listed = {name: queries.revocation_list(name) for name in (old_root, second_root)}
    assert counts == {n: len(list(x509.load_der_x509_crl(o))) for n, o in listed.items() if o}
    when = facts(first).revoked_at
    assert when is not None and when < now() + timedelta(hours=1)


def test_rotating_gives_another_key_of_the_same_name() -> None:
    first = seal()
    second = actions.rotate("seal-police")
    assert second != first and seal() == second
    assert facts(second).names == facts(first).names


# Refused


def test_a_clock_that_went_back_by_an_hour_stops_nobody_and_by_days_is_told() -> None:
    first = seal()
    with time_machine.travel(now() - timedelta(hours=1)):
        assert seal() == first
        assert seal(LABOUR)
    with (
        time_machine.travel(now() - timedelta(days=30)),
        pytest.raises(rules.ClockBehind, match="Set"),
    ):
        seal()
    assert seal() == first
    with time_machine.travel(now() - timedelta(days=30)):
        actions.rotate("authority")
        done = CliRunner().invoke(commands.command, ["rotate", "seal-nobody"])
        assert done.exit_code == 1 and "no key for 'seal-nobody'" in done.output


def test_a_root_cannot_revoke_itself_and_nobody_else_what_is_not_there() -> None:
    seal()
    for name, words in (
        (root_key(), "is a root, and cannot revoke itself."),
        ("seal-police-0000000000000000", "No key 'seal-police-0000000000000000' is held"),
        ("../x", "No key '../x' is held"),
    ):
        done = CliRunner().invoke(commands.command, ["revoke", name, "--why", "a test"])
        assert done.exit_code == 1 and words in done.output
    actions.ensure_keys()
    with pytest.raises(rules.NoCertificate, match="No certificate is held here for 'ledger-"):
        actions.revoke(queries.sign("ledger", b"").key_id, "it has none")


def test_a_damaged_certificate_is_named(keys: Path) -> None:
    key_id = seal()
    path = keys / "seal-police" / f"{key_id}.crt"
    path.write_text("nothing")
    with pytest.raises(rules.KeyDamaged) as refusal:
        KeyFolder(keys).certificate(key_id)
    assert refusal.value.path == str(path)
    assert str(refusal.value).endswith("Restore it from the last backup.")


def test_a_key_that_a_crash_left_without_its_certificate_is_not_used(keys: Path) -> None:
    key_id = seal()
    left = next((keys / "seal-police").glob("*.pem"))
    copy = left.with_name("seal-police-0000000000000000.pem")
    copy.write_bytes(left.read_bytes())
    copy.chmod(0o600)
    assert seal() == key_id
    assert len(queries.certificates()) == 3
    assert queries.certificate_of(copy.stem) is None
    assert load_pem_private_key(left.read_bytes(), None)


# Told


def test_the_command_tells_the_last_days_in_sentences_and_as_json() -> None:
    assert "There are no certificates yet." in said("list")
    police = seal()
    with time_machine.travel(now() + timedelta(hours=1)):
        said("revoke", police, "--why", "the room stood open")
        again = seal()
    lines = said("list").splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("上海市电子印章根证书 / Root certificate of the seals of Shanghai")
    assert f"in use until {facts(again).last_day:%Y-%m-%d}" in "\n".join(lines)
    assert "revoked on" in "\n".join(lines)
    told = {row["name"]: row for row in json.loads(said("list", "--json"))["certificates"]}
    assert told[police]["state"] == "revoked" and told[again]["state"] == "in-use"
    assert told[again]["last_day"].startswith(f"{facts(again).last_day:%Y-%m-%d}")
    assert "PRIVATE" not in said("list", "--json")
