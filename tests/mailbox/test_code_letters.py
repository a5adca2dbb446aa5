"""`yimen letters` shows the codes that wait for the post, and erases those that were posted."""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from signing_in import a_resident
from standing import a_person, an_id_number, resident

from yimen.mailbox.commands import command
from yimen.people import actions
from yimen.people.models import Letter

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path) -> None:
    settings.LETTER_FOLDER = tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_no_letter_is_said() -> None:
    assert run() == "No letter waits for the post.\n"
    assert json.loads(run("--json"))["codes"] == []


def test_a_letter_is_shown_with_its_code_until_it_is_posted() -> None:
    a_person()
    actor = resident(None, a_resident().pk, identified=False)
    actions.request_tie(actor, name="王芳", birth_date=date(1970, 1, 1), number=an_id_number())
    code = Letter.objects.get().code
    assert code in run()
    [letter] = json.loads(run("--json"))["codes"]
    assert (letter["name"], letter["code"]) == ("王芳", code)
    assert code in run("--posted")
    assert Letter.objects.get().code == code  # it is not printed yet
    run("--print", "--posted")
    assert Letter.objects.get().code == ""
    assert run() == "No letter waits for the post.\n"
