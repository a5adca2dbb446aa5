"""How a resident was told of a message, in words."""

from collections.abc import Mapping
from typing import assert_never

from django.utils.translation import gettext as _

from yimen.channels.shared import wording
from yimen.channels.shared.components import SummaryRow
from yimen.mailbox.queries import DeliveryView, MessageView
from yimen.mailbox.types import DeliveryState, Way


def told_rows(message: MessageView, language: str) -> list[SummaryRow]:
    """Return each way by which somebody was told, with what became of it; the mailbox first."""
    if message.read_at is None:
        read = _("not read yet")
    else:
        read = _("read %(when)s") % {"when": wording.moment(message.read_at, language)}
    rows = [SummaryRow(_("Mailbox"), read)]
    rows += [
        SummaryRow(way_words(one.way), state_words(one, language)) for one in message.deliveries
    ]
    return rows


def way_words(way: Way) -> str:
    """Return what a way is called."""
    names: Mapping[Way, str] = {
        Way.EMAIL: _("E-mail"),
        Way.SMS: _("Short message"),
        Way.LETTER: _("Printed letter"),
    }
    return names[way]


def state_words(delivery: DeliveryView, language: str) -> str:
    """Return what became of a delivery, with the time."""
    words = {"when": wording.moment(delivery.at, language)}
    match delivery.state:
        case DeliveryState.WAITING if delivery.way is Way.LETTER:
            return _("printed, on its way to the post") if delivery.printed else _("being printed")
        case DeliveryState.WAITING:
            return _("not sent yet, we keep trying")
        case DeliveryState.SENT if delivery.way is Way.LETTER:
            return _("posted %(when)s") % words
        case DeliveryState.SENT:
            return _("sent %(when)s") % words
        case DeliveryState.DELIVERED:
            return _("arrived %(when)s") % words
        case DeliveryState.FAILED if delivery.no_address:
            return _(
                "not posted: we know no address of yours. Fetch it at your neighbourhood office."
            )
        case DeliveryState.FAILED:
            return _("did not arrive")
        case _:
            assert_never(delivery.state)
