"""What stands in deploy/ is read by the programs it is for, and agrees with the code."""

import configparser
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from tests.config.conftest import ROOT
from tests.config.test_doctor import HEALTHY
from yimen.config.commands import house
from yimen.config.health import exposition

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("yimen*.*"))
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
MOST_EXPOSED = 30  # tenths of systemd's own measure; 100 is without any protection

with_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="not run: systemd-analyze is not here"
)


def lines_of(unit: Path) -> list[str]:
    return unit.read_text().splitlines()


@with_systemd
def test_systemd_takes_every_unit(tmp_path: Path) -> None:
    for unit in UNITS:  # the program stands elsewhere on this machine
        text = unit.read_text().replace("/opt/yimen/.venv/bin/yimen", "/bin/true")
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(map(str, tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if "yimen" in line]
    assert said == []


@with_systemd
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: str(unit.stem))
def test_systemd_finds_every_service_well_closed(unit: Path) -> None:
    done = subprocess.run(
        [
            "systemd-analyze",
            "security",
            "--offline=yes",
            "--no-pager",
            f"--threshold={MOST_EXPOSED}",
            str(unit),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-300:] + done.stderr


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: str(unit.stem))
def test_every_service_calls_a_command_with_options_that_it_has(unit: Path) -> None:
    [line] = [line for line in lines_of(unit) if line.startswith("ExecStart=")]
    _program, name, *arguments = line.removeprefix("ExecStart=").split()
    command = house.commands[name]
    known = {
        option
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    assert {word for word in arguments if word.startswith("--")} <= known
    assert "YIMEN_DATA=/var/lib/yimen/data" in unit.read_text()


def test_the_proxy_agrees_with_the_limits_and_hides_the_measures() -> None:
    text = (DEPLOY / "nginx" / "yimen.conf").read_text()
    assert text.count("{") == text.count("}")
    for line in text.splitlines():
        assert re.fullmatch(r"\s*(#.*|.*[;{}]|)", line), line
    size = re.search(r"client_max_body_size (\d+)m;", text)
    assert size is not None
    assert int(size.group(1)) * 1024**2 >= settings.LARGEST_REQUEST
    assert re.search(r"location = /metrics \{\s*return 404;", text)
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "proxy_set_header X-Forwarded-Proto https;" in text


def test_the_pooler_is_read_and_pools_by_transaction() -> None:
    read = configparser.ConfigParser()
    read.read(DEPLOY / "pgbouncer" / "pgbouncer.ini")
    assert read["pgbouncer"]["pool_mode"] == "transaction"
    assert "yimen" in read["databases"]


def test_the_dashboard_asks_only_for_what_is_measured() -> None:
    board = json.loads((DEPLOY / "grafana" / "yimen.json").read_text())
    asked = {
        name
        for panel in board["panels"]
        for target in panel["targets"]
        for name in re.findall(r"yimen_\w+", target["expr"])
    }
    measured = set(re.findall(r"^(yimen_\w+) ", exposition(HEALTHY), re.MULTILINE))
    assert asked <= measured
    assert len(asked) > 10


def test_the_image_runs_as_nobody_special_and_without_a_demonstration() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    last = text.rpartition("FROM ")[2]
    assert "\nUSER yimen\n" in last
    assert 'CMD ["run", "--no-demo"]' in last
    targets = re.search(r"RUN make (.*?) &&", text)
    assert targets is not None
    makefile = (ROOT / "Makefile").read_text().replace("$(DONE)", ".cache/done")
    for target in targets.group(1).split():
        assert f"\n{target}:" in makefile
