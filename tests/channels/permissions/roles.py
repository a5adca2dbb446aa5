"""Who may stand before a page, and what each of them is by the city's own words."""

from enum import StrEnum


class Role(StrEnum):
    """Somebody who asks for a page."""

    VISITOR = "a visitor"
    BEGINNER = "a visitor who has begun a form"
    UNTIED = "a resident whose account is tied to nobody"
    OWNER = "the resident whose matters these are"
    NEIGHBOUR = "another resident"
    REPRESENTATIVE = "the representative of an organisation"
    CLERK = "a counter clerk"
    OFFICER = "an officer"
    HEAD = "a head of section"
    EDITOR = "an editor"
    SUPERVISOR = "a supervisor"
    OTHER_OFFICER = "an officer of another agency"
    WITHOUT_FACTOR = "an officer without the second factor"
    DISMISSED = "an officer who was dismissed and signs in again"


POLICE, COMMERCE = "police", "industry-commerce"

VISITORS = frozenset({Role.VISITOR, Role.BEGINNER})
# Who has lost the last post is nothing but somebody with an account.
RESIDENTS = frozenset(
    {Role.UNTIED, Role.OWNER, Role.NEIGHBOUR, Role.REPRESENTATIVE, Role.DISMISSED}
)
STAFF = frozenset(
    {Role.CLERK, Role.OFFICER, Role.HEAD, Role.EDITOR, Role.SUPERVISOR, Role.OTHER_OFFICER}
)

# In which agency each of the staff has a post, and under which role of the city.
POSTS: dict[Role, tuple[str, str]] = {
    Role.CLERK: (POLICE, "clerk"),
    Role.OFFICER: (POLICE, "officer"),
    Role.HEAD: (POLICE, "head"),
    Role.EDITOR: (POLICE, "editor"),
    Role.SUPERVISOR: (POLICE, "supervisor"),
    Role.OTHER_OFFICER: (COMMERCE, "officer"),
    Role.WITHOUT_FACTOR: (POLICE, "officer"),
    Role.DISMISSED: (POLICE, "officer"),
}

READERS = STAFF - {Role.EDITOR}  # they may open cases of their agency
OFFICERS = frozenset({Role.OFFICER, Role.HEAD, Role.OTHER_OFFICER})  # they handle them
HEADS = frozenset({Role.HEAD})  # they mend what was decided and answer for the section
