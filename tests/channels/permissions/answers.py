"""How a page may answer, and which answers are right for whom: the words of the table of rules."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from matters import Matter
from roles import POSTS, READERS, RESIDENTS, VISITORS, Role

DOORS = {
    "/account/login/": "sign in",
    "/account/second-factor/totp/activate/": "second factor",
    "/ways-in/": "ways in",
}


class Answer(StrEnum):
    """What somebody gets."""

    OPEN = "the page"  # or a way on from it
    TRIED = "let them try"  # the form was taken, or sent back with what is wrong in it
    REFUSED_WITH_REASON = "a page that they may see, saying why not"  # nothing is changed
    STEP = "a step of something begun, or the way back to its beginning"
    LED_ON = "the way to the page of the case, for every number alike"
    LIBRARYS = "what the library answers"  # not asked: its own tests do
    TURNED_AWAY = "the first page of the office, or 403, or 404"
    FORBIDDEN = "403"
    NOT_THERE = "404"
    NO_SUCH_METHOD = "405"
    NO_TOKEN = "401"
    SIGN_IN = "the way to the sign-in"
    SECOND_FACTOR = "the way to the second factor"
    WAYS_IN = "the ways in"


CODES: dict[Answer, frozenset[int]] = {
    Answer.OPEN: frozenset({200, 302}),
    Answer.TRIED: frozenset({200, 201, 302, 400, 409, 422}),
    Answer.REFUSED_WITH_REASON: frozenset({302, 403, 409, 422}),
    Answer.STEP: frozenset({200, 302, 405}),
    Answer.LED_ON: frozenset({302}),
    Answer.TURNED_AWAY: frozenset({302, 403, 404}),
    Answer.FORBIDDEN: frozenset({403}),
    Answer.NOT_THERE: frozenset({404}),
    Answer.NO_SUCH_METHOD: frozenset({405}),
    Answer.NO_TOKEN: frozenset({401}),
}
AT_A_DOOR = {
    Answer.SIGN_IN: "sign in",
    Answer.SECOND_FACTOR: "second factor",
    Answer.WAYS_IN: "ways in",
}
ALLOWED = frozenset({Answer.OPEN, Answer.TRIED})


def fits(answer: Answer, status: int, location: str) -> bool:
    """Say whether a response is this answer; the way to a door is never "the page"."""
    path = location.removeprefix("/en").split("?")[0]
    door = DOORS.get(path, "") if status == 302 else ""
    if answer in AT_A_DOOR:
        return door == AT_A_DOOR[answer]
    if answer is Answer.TURNED_AWAY and status == 302 and path != "/backoffice/":
        return False
    return (not door or answer is Answer.STEP) and status in CODES[answer]


Audience = Callable[[Role, Matter | None], Answer]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is right for one route: for who looks (GET) and for who sends (POST)."""

    get: Audience
    post: Audience


# Who has what in common with a matter


def owns(role: Role, matter: Matter | None) -> bool:
    """Say whether the matter is the role's own."""
    return matter is not None and matter.owner is role


def handles(role: Role, matter: Matter | None) -> bool:
    """Say whether the matter lies with an agency in which the role reads cases."""
    return matter is not None and role in READERS and POSTS[role][0] in matter.agencies


# Pages for all


def everybody(_role: Role, _matter: Matter | None) -> Answer:
    """Open to all alike."""
    return Answer.OPEN


def everybody_tries(_role: Role, _matter: Matter | None) -> Answer:
    """All may send it."""
    return Answer.TRIED


def no_method(_role: Role, _matter: Matter | None) -> Answer:
    """Nobody: the address does not take this method."""
    return Answer.NO_SUCH_METHOD


def nobody(_role: Role, _matter: Matter | None) -> Answer:
    """Nobody finds anything here."""
    return Answer.NOT_THERE


def a_step(_role: Role, _matter: Matter | None) -> Answer:
    """All, on the way through something of several pages; who has begun nothing is led back."""
    return Answer.STEP


def led_to_sign_in(_role: Role, _matter: Matter | None) -> Answer:
    """A door of a library, which leads everybody to ours."""
    return Answer.SIGN_IN


# Pages of an account


def signed_in(answer: Answer) -> Audience:
    """Everybody who has signed in; others sign in first."""
    return lambda role, _matter: Answer.SIGN_IN if role in VISITORS else answer


def with_factor(answer: Answer) -> Audience:
    """Who has set up a second factor of one's own: of the roles, the owner."""

    def audience(role: Role, _matter: Matter | None) -> Answer:
        if role in VISITORS:
            return Answer.SIGN_IN
        return answer if role is Role.OWNER else Answer.NOT_THERE

    return audience


def own_key(answer: Answer) -> Audience:
    """Who has this very passkey; who has signed in without it finds none."""

    def audience(role: Role, matter: Matter | None) -> Answer:
        if role in VISITORS:
            return Answer.SIGN_IN
        return answer if owns(role, matter) else Answer.NOT_THERE

    return audience


# Pages of a resident


def applicants(answer: Answer) -> Audience:
    """Everybody but staff, who apply for others only."""
    return lambda role, _matter: answer if role in VISITORS | RESIDENTS else Answer.FORBIDDEN


def with_matters(answer: Answer) -> Audience:
    """Everybody but staff and visitors who have begun nothing."""

    def audience(role: Role, _matter: Matter | None) -> Answer:
        if role is Role.VISITOR:
            return Answer.WAYS_IN
        return answer if role in RESIDENTS | VISITORS else Answer.FORBIDDEN

    return audience


def owner(answer: Answer, *, staff: Answer = Answer.FORBIDDEN) -> Audience:
    """Who owns the matter. Others learn nothing, not even that it is there; staff use the desk."""

    def audience(role: Role, matter: Matter | None) -> Answer:
        if owns(role, matter):
            return answer
        if role in VISITORS:
            return Answer.WAYS_IN
        return Answer.NOT_THERE if role in RESIDENTS else staff

    return audience


# Pages of the desk and of the editors' office


def at_door(beyond: Audience) -> Audience:
    """Staff with their second factor come past the door; ``beyond`` says what they find there."""

    def audience(role: Role, matter: Matter | None) -> Answer:
        if role in VISITORS:
            return Answer.SIGN_IN
        if role in RESIDENTS:
            return Answer.FORBIDDEN
        return Answer.SECOND_FACTOR if role is Role.WITHOUT_FACTOR else beyond(role, matter)

    return audience


def staff(answer: Answer) -> Audience:
    """All staff."""
    return at_door(lambda _role, _matter: answer)


def watchers(answer: Answer) -> Audience:
    """Staff on whose desk promises stand: who has tasks, heads an agency, or watches the city."""
    there = {Role.OFFICER, Role.OTHER_OFFICER, Role.HEAD, Role.SUPERVISOR}
    return at_door(lambda role, _matter: answer if role in there else Answer.NOT_THERE)


def case_readers(answer: Answer) -> Audience:
    """Staff with a post that reads cases, of any agency."""
    return at_door(lambda role, _matter: answer if role in READERS else Answer.NOT_THERE)


def handling(answer: Answer) -> Audience:
    """Staff who read cases, in one of the case's agencies; for others there is none."""
    return at_door(lambda role, matter: answer if handles(role, matter) else Answer.NOT_THERE)


def answering(answer: Answer, among: Collection[Role]) -> Audience:
    """Of the agency that answers for the case, these; other readers of the case are told why not."""

    def beyond(role: Role, matter: Matter | None) -> Answer:
        if matter is None or not handles(role, matter):
            return Answer.NOT_THERE
        may = role in among and POSTS[role][0] == matter.agency
        return answer if may else Answer.REFUSED_WITH_REASON

    return at_door(beyond)


def of_the_absence(answer: Answer) -> Audience:
    """Who is away, or answers for the section in which somebody is."""
    return at_door(lambda role, matter: answer if owns(role, matter) else Answer.NOT_THERE)


def editors(answer: Answer) -> Audience:
    """Staff with a post as editor; other staff are refused at the door."""
    return at_door(lambda role, _matter: answer if role is Role.EDITOR else Answer.FORBIDDEN)


def nobody_of_staff() -> Audience:
    """Nobody: editors may write pages, not rule over accounts, groups and sites."""
    return at_door(
        lambda role, _matter: Answer.TURNED_AWAY if role is Role.EDITOR else Answer.FORBIDDEN
    )


# The machine's door


def machines(answer: Answer) -> Audience:
    """Everybody who has signed in; visitors are told that they have not."""
    return lambda role, _matter: Answer.NO_TOKEN if role in VISITORS else answer


def machine_of_owner_or_agency() -> Audience:
    """The applicant, and who handles the case."""

    def audience(role: Role, matter: Matter | None) -> Answer:
        if role in VISITORS:
            return Answer.NO_TOKEN
        return Answer.OPEN if owns(role, matter) or handles(role, matter) else Answer.NOT_THERE

    return audience
