"""The outside systems by which messages reach people: mail servers and short-message gateways."""

from yimen.mailbox.gateways.email import send_email
from yimen.mailbox.gateways.sms import ShortMessage, SmsGateway, sms_gateway

__all__ = ["ShortMessage", "SmsGateway", "send_email", "sms_gateway"]
