"""The table of rules: for every route, who may look and who may send. A page without a rule fails.

Read a line as: this page is for these people; its form may be sent by those. What the others get
follows from the audience (`answers`). The editors' office, which is Wagtail's, has rules by the
beginning of the address.
"""

import answers
from answers import Answer, Audience, Rule
from roles import HEADS, OFFICERS, Role
from routes import Route

OPEN, TRIED = Answer.OPEN, Answer.TRIED
PUBLIC = Rule(answers.everybody, answers.no_method)
PUBLIC_FORM = Rule(answers.everybody, answers.everybody_tries)


def _page(audience: Audience, door: Audience | None = None) -> Rule:
    """Return the rule of a page that takes no form; ``door`` stands before the method is looked at."""
    return Rule(audience, door or answers.no_method)


ACCOUNT_PAGE = _page(answers.signed_in(OPEN), answers.signed_in(Answer.NO_SUCH_METHOD))
ACCOUNT_FORM = Rule(answers.signed_in(OPEN), answers.signed_in(TRIED))
APPLYING = Rule(answers.applicants(OPEN), answers.applicants(TRIED))
# A draft is nobody's but its owner's: staff find none either.
DRAFT_PAGE = _page(answers.owner(OPEN, staff=Answer.NOT_THERE))
DRAFT_FORM = Rule(
    answers.owner(OPEN, staff=Answer.NOT_THERE), answers.owner(TRIED, staff=Answer.NOT_THERE)
)
OWN_PAGE = _page(answers.owner(OPEN))
OWN_FORM = Rule(answers.owner(OPEN), answers.owner(TRIED))
DESK_NO_FORM = answers.staff(Answer.NO_SUCH_METHOD)
DESK_PAGE = _page(answers.staff(OPEN), DESK_NO_FORM)
CASE_PAGE = _page(answers.handling(OPEN), DESK_NO_FORM)


def _deed(*among: Role) -> Rule:
    """Return the rule of a form about a case: these send it, in the agency that answers for it.

    Who looks at its address is led to the page of the case: the rule of that page counts there, and
    the way to it is the same for a number that was never given out.
    """
    return Rule(answers.case_readers(Answer.LED_ON), answers.answering(TRIED, among))


RULES: dict[str, Rule] = {
    # Open to all
    "shared:city_css": PUBLIC,
    "shared:emblem": PUBLIC,
    "portal:home": PUBLIC,
    "portal:services": PUBLIC,
    "portal:service": PUBLIC,
    "portal:audience": PUBLIC,
    "portal:life_event": PUBLIC,
    "portal:agencies": PUBLIC,
    "portal:agency": PUBLIC,
    "portal:duties": PUBLIC,
    "portal:duties_file": PUBLIC,
    "portal:search": PUBLIC,
    "portal:ledger": PUBLIC,
    "portal:ledger_file": PUBLIC,
    "portal:mistake": PUBLIC,
    "paper:verify": PUBLIC_FORM,
    "paper:verify_code": PUBLIC_FORM,
    "paper:verify_file": PUBLIC_FORM,
    "paper:seals": PUBLIC,
    # Open too; asked here for a certificate that was never made.
    "seals:crt": _page(answers.nobody),
    "seals:pem": _page(answers.nobody),
    "seals:crl": _page(answers.nobody),
    "wagtail_serve": PUBLIC_FORM,
    # Accounts
    "account_home": ACCOUNT_PAGE,
    "account_readings": ACCOUNT_PAGE,
    "account_data": ACCOUNT_PAGE,
    "account_data_download": ACCOUNT_FORM,
    "account_tie": ACCOUNT_FORM,
    "account_tie_code": ACCOUNT_FORM,
    "account_telling": ACCOUNT_FORM,
    "account_telling_number": ACCOUNT_FORM,
    "account_telling_code": ACCOUNT_FORM,
    # Applying
    "portal:apply": APPLYING,
    "portal:begin_form": Rule(answers.no_method, answers.applicants(TRIED)),
    "portal:criteria": _page(answers.applicants(OPEN)),
    "portal:criteria_result": _page(answers.applicants(OPEN)),
    "portal:criterion": APPLYING,
    "portal:resume": PUBLIC_FORM,
    "portal:draft": DRAFT_PAGE,
    "portal:question": DRAFT_FORM,
    "portal:documents": DRAFT_PAGE,
    "portal:document": DRAFT_FORM,
    "portal:draft_file": DRAFT_PAGE,
    "portal:check_answers": DRAFT_PAGE,
    "portal:send": DRAFT_FORM,
    "portal:save": DRAFT_FORM,
    "portal:changes": DRAFT_FORM,
    "portal:discard": DRAFT_FORM,
    # One's own matters
    "portal:mine": _page(answers.applicants(OPEN)),
    "portal:leave": Rule(answers.no_method, answers.everybody_tries),
    "portal:ways_in": PUBLIC,
    "portal:status_by_code": PUBLIC_FORM,
    "portal:status_code": PUBLIC_FORM,
    "portal:status": OWN_PAGE,
    "portal:receipt": OWN_PAGE,
    "portal:sent": OWN_PAGE,
    "portal:sent_file": OWN_PAGE,
    "portal:paper": OWN_PAGE,
    "portal:answer": OWN_FORM,
    "portal:withdraw": OWN_FORM,
    "portal:not_solved": OWN_FORM,
    "portal:mailbox": _page(answers.with_matters(OPEN)),
    "portal:message": OWN_PAGE,
    "portal:enclosed": OWN_PAGE,
    # The desk
    "desk:home": DESK_PAGE,
    "desk:keys": DESK_PAGE,
    "desk:extensions": DESK_PAGE,
    "desk:promises": _page(answers.watchers(OPEN), DESK_NO_FORM),
    "desk:absences": Rule(answers.staff(OPEN), answers.staff(TRIED)),
    "desk:withdraw": Rule(answers.staff(OPEN), answers.of_the_absence(TRIED)),
    "desk:claim_many": Rule(answers.case_readers(OPEN), answers.case_readers(TRIED)),
    "desk:release_many": Rule(answers.case_readers(OPEN), answers.case_readers(TRIED)),
    "desk:case": CASE_PAGE,
    "desk:file": CASE_PAGE,
    "desk:document": CASE_PAGE,
    "desk:take_back": _deed(*OFFICERS),
    "desk:ask_time": _deed(*OFFICERS),
    "desk:answer_time": _deed(*HEADS),
    "desk:tell_late": _deed(*OFFICERS),
    "desk:void": _deed(*HEADS),
    "desk:revoke": _deed(*HEADS),
    "desk:correct": _deed(*HEADS),
    "desk:task": Rule(answers.case_readers(Answer.LED_ON), answers.at_door(answers.nobody)),
    "desk:act": _deed(*OFFICERS),
    # The machine's door
    "api:openapi-json": PUBLIC_FORM,  # the library answers every method alike
    "api:api-root": Rule(answers.nobody, answers.nobody),
    "api:services": PUBLIC,
    "api:service": PUBLIC,
    "api:upload": Rule(answers.no_method, answers.machines(TRIED)),
    "api:send": Rule(answers.no_method, answers.machines(TRIED)),
    "api:where": _page(answers.machine_of_owner_or_agency()),
    # Doors of Wagtail that lead to ours
    "wagtailcore_login": Rule(answers.led_to_sign_in, answers.led_to_sign_in),
    "wagtailcore_authenticate_with_password": Rule(answers.nobody, answers.nobody),
}
RULES |= dict.fromkeys(
    (
        "account_inactive",
        "account_email_verification_sent",
        "account_confirm_login_code",
        "account_confirm_password_reset_code",
        "account_complete_password_reset",
        "account_password_reset_completed",
        "mfa_authenticate",
        "mfa_login_webauthn",
    ),
    Rule(answers.a_step, answers.a_step),
)
RULES |= dict.fromkeys(
    (
        "account_login",
        "account_logout",
        "account_signup",
        "account_reset_password",
    ),
    PUBLIC_FORM,
)
RULES |= dict.fromkeys(
    (
        "account_reauthenticate",
        "account_email",
        "account_change_password",
        "account_set_password",
        "mfa_activate_totp",
        "mfa_generate_recovery_codes",
        "mfa_add_webauthn",
    ),
    ACCOUNT_FORM,
)
AGAIN = Rule(answers.signed_in(Answer.STEP), answers.signed_in(Answer.STEP))
OWN_KEY = Rule(answers.own_key(OPEN), answers.own_key(TRIED))
NO_METHOD = Answer.NO_SUCH_METHOD
RULES |= {
    "mfa_index": ACCOUNT_PAGE,
    "mfa_list_webauthn": ACCOUNT_PAGE,
    "mfa_reauthenticate": AGAIN,
    "mfa_reauthenticate_webauthn": AGAIN,
    "mfa_remove_webauthn": OWN_KEY,
    "mfa_edit_webauthn": OWN_KEY,
    "mfa_view_recovery_codes": _page(answers.with_factor(OPEN), answers.signed_in(NO_METHOD)),
    "mfa_download_recovery_codes": _page(
        answers.with_factor(OPEN), answers.with_factor(Answer.LIBRARYS)
    ),
    # None of the roles has set up one-time codes: there is nothing to switch off.
    "mfa_deactivate_totp": Rule(
        answers.signed_in(Answer.NOT_THERE), answers.signed_in(Answer.NOT_THERE)
    ),
}

# The editors' office: the longest beginning that fits counts.
EDITING = Rule(answers.editors(Answer.LIBRARYS), answers.editors(Answer.LIBRARYS))
RULED_OUT = Rule(answers.nobody_of_staff(), answers.nobody_of_staff())
OFFICE_RULES: dict[str, Rule] = {
    "backoffice/": EDITING,
    "backoffice/users/": RULED_OUT,
    "backoffice/groups/": RULED_OUT,
    "backoffice/sites/": RULED_OUT,
    "backoffice/locales/": RULED_OUT,
}

# What stands in blanks that are about no matter.
SAMPLES: dict[str, dict[str, object]] = {
    "portal:service": {"code": "residence-permit"},
    "portal:audience": {"key": "registered"},
    "portal:life_event": {"key": "work"},
    "portal:agency": {"code": "police"},
    "portal:duties": {"code": "police"},
    "portal:duties_file": {"code": "police"},
    "seals:crt": {"key_id": "never-made"},
    "seals:pem": {"key_id": "never-made"},
    "seals:crl": {"key_id": "never-made"},
    "portal:apply": {"code": "residence-permit"},
    "portal:begin_form": {"code": "residence-permit"},
    "portal:criteria": {"code": "residence-permit"},
    "portal:criteria_result": {"code": "residence-permit"},
    "portal:criterion": {"code": "residence-permit", "name": "residence.residing_since"},
    "desk:act": {"verb": "claim"},
    "wagtailcore_authenticate_with_password": {"page_view_restriction_id": 1, "page_id": 1},
    "portal:question": {"key": "current_address"},
    "api:service": {"code": "residence-permit"},
    "api:upload": {"code": "residence-permit", "key": "photo"},
    "wagtail_serve": {"path": "articles/"},
}
# What a matter must have besides what stands in the address.
NEEDS: dict[str, tuple[str, ...]] = {"portal:enclosed": ("document_id",)}

# Of Wagtail's pages it counts who comes past the door, not what stands behind it.
OFFICE_SAMPLE = {
    "app_label": "wagtailcore",
    "model_name": "page",
    "content_type_app_name": "publishing",
    "content_type_model_name": "articlepage",
    "app_name": "publishing",
    "action": "delete",
    "action_name": "approve",
}
ANY_NUMBER = "1"


def sample_of(route: Route) -> dict[str, object]:
    """Return what stands in the blanks of a route that are about no matter."""
    if not route.is_of_the_office:
        return SAMPLES.get(route.name, {})
    return {blank: OFFICE_SAMPLE.get(blank, ANY_NUMBER) for blank in route.blanks}


def rule_of(route: Route) -> Rule | None:
    """Return what is right for a route, or None when nobody has thought about it."""
    if not route.is_of_the_office:
        return RULES.get(route.name)
    fitting = [each for each in OFFICE_RULES if route.address.startswith(each)]
    return OFFICE_RULES[max(fitting, key=len)] if fitting else None
