"""The one command line, `yimen`: what it can do is collected from the apps."""

import errno
import functools
import importlib
import importlib.util
import json
import os
import sys
from collections.abc import Callable
from typing import Any

import click

import yimen
from yimen.config import environment
from yimen.config.backup.commands import backup, restore
from yimen.config.doctor.commands import doctor
from yimen.config.refusal import Refusal
from yimen.config.upgrading.commands import upgrade

APPS = ("catalogue", "keys", "ledger", "accounts", "people", "mailbox", "cases", "publishing")
# These read files only: they start without Django and without a database.
WITHOUT_DATABASE = frozenset({"city check"})

_PORT = click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    envvar="PORT",
    help="Where the web server listens; PORT in the environment says the same.",
)
_HOST = click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    envvar="HOST",
    help="The address of this machine to listen at; 0.0.0.0 for all of them.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


class House(click.Group):
    """A group that also holds each app's command, imported only when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return our own commands and those of the apps."""
        return sorted({*super().list_commands(ctx), *self._from_apps()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by name."""
        return super().get_command(ctx, cmd_name) or self._from_apps().get(cmd_name)

    @functools.cache  # noqa: B019 - one group lives as long as the process
    def _from_apps(self) -> dict[str, click.Command]:
        found = {}
        for app in APPS:
            name = f"yimen.{app}.commands"
            if importlib.util.find_spec(name) is not None:
                command = importlib.import_module(name).command
                _give_database(command, str(command.name))
                found[str(command.name)] = command
        return found


def _give_database(command: click.Command, path: str) -> None:
    """Let each leaf of an app's command run with Django and its database, unless it needs none."""
    if isinstance(command, click.Group):
        for name, part in command.commands.items():
            _give_database(part, f"{path} {name}")
    elif command.callback is not None and path not in WITHOUT_DATABASE:
        command.callback = with_database(f"yimen {path}")(command.callback)


def with_database(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Run a command with a database that answers and Django set up, and close both after it."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def run_with_database(*args: Any, **kwargs: Any) -> Any:
            with environment.database(name):
                set_up_django()
                from django.db import connections

                try:
                    return function(*args, **kwargs)
                finally:
                    connections.close_all()

        return run_with_database

    return decorate


def set_up_django() -> None:
    """Load settings and apps, and see that the database answers."""
    import django

    django.setup()
    from yimen.config.database_check import check_database

    check_database()


@click.group(
    cls=House,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="YIMEN_DATA names the data folder, YIMEN_CITY the city's folder, DATABASE_URL a"
    " PostgreSQL of your own. Exit codes: 0 done, 1 refused or failed, 2 wrong use.",
)
@click.version_option(yimen.__version__, prog_name="yimen")
def house() -> None:
    """Yimen: the public services of a city."""


for _command in (doctor, backup, restore, upgrade):
    house.add_command(_command)


@house.command()
@_HOST
@_PORT
@click.option("--demo/--no-demo", "with_demo", default=True, help="Load demo residents and staff.")
def run(host: str, port: int, with_demo: bool) -> None:
    """Start everything on this machine: database, web server and worker."""
    from yimen.config.running import Address
    from yimen.config.running import run as run_all

    run_all(Address(host, port), with_demo=with_demo)


@house.command()
@_HOST
@_PORT
def serve(host: str, port: int) -> None:
    """Run the web server alone; the worker and the database run elsewhere."""
    with environment.database("yimen serve"):
        from yimen.config.demo_guard import refuse_demo_people
        from yimen.config.serving import serve as serve_web

        refuse_demo_people(host)
        serve_web(host, port, environment.capacity())


@house.command()
def worker() -> None:
    """Run the worker alone: background jobs, and the sealing of the ledger."""
    with environment.database("yimen worker"):
        set_up_django()
        from yimen.config.working import work

        work(environment.capacity().jobs)


@house.command(hidden=True)
@click.option("--demo/--no-demo", "with_demo", default=False)
@_JSON
@with_database("yimen prepare")
def prepare(with_demo: bool, as_json: bool) -> None:
    """Bring the database up to date: migrations, keys, the city, demo data."""
    from yimen.config.preparing import prepare as prepare_all

    sign_ins = prepare_all(with_demo=with_demo, may_change=with_demo)
    if as_json:
        click.echo(json.dumps({"sign_ins": sign_ins}))


@house.command(hidden=True)
@with_database("yimen restore")
def examine() -> None:
    """Say whether a restored installation is whole; `yimen restore` asks."""
    from dataclasses import asdict

    from yimen.config.backup.examining import examine as examine_all

    click.echo(json.dumps(asdict(examine_all())))


@house.command()
@_JSON
@with_database("yimen demo")
def demo(as_json: bool) -> None:
    """Show the sign-ins of the demonstration, with present one-time codes."""
    from yimen.config.demo import sign_ins
    from yimen.config.running import print_sign_ins

    found = sign_ins()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    elif found:
        print_sign_ins(found)
    else:
        raise Refusal("This database holds no demonstration. Load it with `yimen run`.")


@house.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@with_database("yimen manage")
def manage(arguments: tuple[str, ...]) -> None:
    """Run a management command of Django: `yimen manage showmigrations`."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["yimen manage", *arguments])


def main() -> None:
    """Run the command line; what a person can mend is said in a sentence."""
    try:
        house.main(prog_name="yimen")
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            _refuse(
                f"The disk is full ({error.filename or 'while writing'}). Nothing half-done"
                " is kept; make room and try again."
            )
        raise
    except Exception as error:
        sentence = _about_database(error)
        if sentence is None or os.environ.get("YIMEN_DEBUG") == "1":
            raise
        _refuse(sentence)


def _about_database(error: Exception) -> str | None:
    """Return a sentence for a database that went away under a command."""
    kinds = [f"{kind.__module__}.{kind.__name__}" for kind in type(error).__mro__]
    if "django.db.utils.OperationalError" in kinds or "psycopg.OperationalError" in kinds:
        reason = str(error).strip().splitlines()[0]
        if "No space left" in reason:
            return f"The disk that holds the database is full: {reason}. Nothing half-done is kept."
        return f"The database does not answer any more: {reason}. What was not finished is undone."
    return None


def _refuse(sentence: str) -> None:
    click.echo(f"Error: {sentence}", err=True)
    sys.exit(1)
