"""Who may open what: one declared policy a route, checked before the view runs, the same for page, download, export and API.

Inside a run a person has one role. Outside one's scope there is nothing to see (404); inside it, what one may not do is refused (403).
"""

from dataclasses import dataclass

ROLES = ("learner", "tutor", "author", "admin")


@dataclass(frozen=True)
class Policy:
    """A rule a route is registered with.

    `scope`: "site" (anybody's page, `roles` out of visitor, person, author, admin) or "run" (the address names a run,
    `roles` out of ROLES). `name` is what the reviewed table of routes shows.
    """

    name: str
    roles: frozenset[str]
    scope: str = "run"


PUBLIC = Policy("public", frozenset({"visitor", "person", "author", "admin"}), "site")
"""Anyone, signed in or not."""
SIGNED_IN = Policy("signed-in", frozenset({"person", "author", "admin"}), "site")
"""Anyone with an account, about themselves."""
AUTHOR = Policy("author", frozenset({"author", "admin"}), "site")
"""Those who publish courses."""
ADMIN = Policy("admin", frozenset({"admin"}), "site")
"""Those who manage the site."""

MEMBER = Policy("member", frozenset(ROLES))
"""Everyone inside the run, authors who look at it included."""
PARTICIPANT = Policy("participant", frozenset({"learner", "tutor", "admin"}))
"""Learners and staff of the run: what people do and say there is not for authors."""
LEARNER = Policy("learner", frozenset({"learner"}))
"""Those who take the course: handing in, answering."""
STAFF = Policy("staff", frozenset({"tutor", "admin"}))
"""Those who lead the run: marking, phases, the group."""


def undeclared(rule: str) -> str:
    """What the app says when a route comes without a policy."""
    return (
        f"the route {rule!r} has no policy: register it through Pages or ActivityPages, "
        "or pass policy=… to add_url_rule (see lms/policy.py)"
    )


class UndeclaredRoute(Exception):
    """A route without a policy cannot be registered."""
