"""The forms of sign-in, which allauth brings, drawn in the design system with words of our own."""

import ipaddress
from collections.abc import Callable

from django import forms, template
from django.forms.boundfield import BoundField
from django.http.request import split_domain_port
from django.template.context import Context
from django.utils.translation import gettext as _

from yimen.channels.shared.components import FieldError

register = template.Library()


@register.inclusion_tag("account/parts/field.html")
def account_field(field: BoundField) -> dict[str, object]:
    """Draw one field of a form, with its label, hint and errors."""
    is_box = isinstance(field.field.widget, forms.CheckboxInput)
    name = "box" if is_box else field.name
    classes = "govuk-checkboxes__input" if is_box else "govuk-input"
    width = " govuk-input--width-10" if field.name == "code" else ""
    error = " govuk-input--error" if field.errors and not is_box else ""
    attributes: dict[str, str | bool] = {
        "class": classes + width + error,
        "placeholder": False,
        "title": False,
        **_ATTRIBUTES.get(field.name, {}),
    }
    hint = _HINTS[name]() if name in _HINTS else ""
    described = [f"{field.auto_id}-hint"] if hint else []
    described += [f"{field.auto_id}-error"] if field.errors else []
    attributes["aria-describedby"] = " ".join(described) or False
    return {
        "field": field,
        "label": _label(field),
        "hint": hint,
        "is_box": is_box,
        "control": field.as_widget(attrs=attributes),
    }


def _label(field: BoundField) -> str:
    if field.name == "password1" and "password2" in field.form.fields:
        return _("New password")
    if field.name == "name" and "credential" in field.form.fields:
        return _("Name of the passkey")
    return _LABELS[field.name]() if field.name in _LABELS else str(field.label)


@register.simple_tag
def form_errors(*shown: object) -> list[FieldError]:
    """Return all errors of the forms of a page, for the summary on top of it."""
    errors: list[FieldError] = []
    for form in shown:
        if not isinstance(form, forms.BaseForm) or not form.is_bound:
            continue
        errors += [FieldError("", str(error)) for error in form.non_field_errors()]
        for field in form:
            anchor = "" if field.is_hidden else field.auto_id
            errors += [FieldError(anchor, str(error)) for error in field.errors]
    return errors


@register.simple_tag(takes_context=True)
def passkeys_work(context: Context) -> bool:
    """Say whether browsers allow passkeys here: not where the site is called by a bare number."""
    host, _port = split_domain_port(context["request"].get_host())
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return True
    return False


# Labels and hints are made when the page is drawn, in its language.
_LABELS: dict[str, Callable[[], str]] = {
    "login": lambda: _("E-mail address or user name"),
    "password": lambda: _("Password"),
    "password1": lambda: _("Password"),
    "password2": lambda: _("The new password once more"),
    "oldpassword": lambda: _("Password that you use now"),
    "email": lambda: _("E-mail address"),
    "name": lambda: _("Your name"),
    "code": lambda: _("Code"),
    "passwordless": lambda: _("Sign in with this passkey alone, without a password"),
}
_HINTS: dict[str, Callable[[], str]] = {
    "password1": lambda: _("At least 10 characters. Three or four words in a row are good."),
    "email": lambda: _("We send a code to it, and later word of your applications."),
}
_ATTRIBUTES: dict[str, dict[str, str | bool]] = {
    "login": {"autocomplete": "username", "spellcheck": "false", "autocapitalize": "none"},
    "email": {"autocomplete": "email", "spellcheck": "false"},
    "password1": {"autocomplete": "new-password"},
    "password2": {"autocomplete": "new-password"},
    "code": {"autocomplete": "one-time-code", "inputmode": "text", "spellcheck": "false"},
}
