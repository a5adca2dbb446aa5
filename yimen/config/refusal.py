"""What the command says when it cannot do what was asked."""

import click


class Refusal(click.ClickException):
    """One sentence for the person at the terminal: what is wrong and what to do about it."""

    exit_code = 1
