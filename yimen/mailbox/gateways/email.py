"""E-mail by Django's backends; the one that writes files writes each message once."""

import re
import smtplib
from collections.abc import Sequence
from email.errors import MessageError
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from yimen.base.files import write_whole
from yimen.base.identifiers import uuid7
from yimen.mailbox.rules import ReceiverAway, Undeliverable

# What the text or the address itself makes impossible.
_CANNOT_BE_WRITTEN = (ValueError, LookupError, MessageError)
_NAME = re.compile(r"[0-9a-f-]{36}")


def send_email(key: UUID, address: str, subject: str, body: str) -> None:
    """Hand an e-mail to the mail server.

    Its Message-ID is made from ``key``: when a worker dies between the server's "250" and the note
    of it, the same message goes out once more under the same id, by which mail programs know it.
    Raises `ReceiverAway` or `Undeliverable`.
    """
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    headers = {"Message-ID": f"<{key}@{host}>"}
    try:
        EmailMessage(subject, body, to=[address], headers=headers).send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        kind = Undeliverable if codes and min(codes) >= 500 else ReceiverAway
        raise kind(type(error).__name__) from error
    except (OSError, smtplib.SMTPException) as error:
        raise ReceiverAway(type(error).__name__) from error
    except _CANNOT_BE_WRITTEN as error:
        raise Undeliverable(type(error).__name__) from error


class FileBackend(BaseEmailBackend):
    """Writes each e-mail to a file of its own, named by its id, and so the same one only once."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the messages; the names of their files sort by time."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            found = _NAME.search(str(message.extra_headers.get("Message-ID", "")))
            name = found[0] if found else str(uuid7())
            write_whole(folder / f"{name}.log", message.message().as_bytes())
        return len(email_messages)
