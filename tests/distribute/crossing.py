"""What does not go to one shard of a cluster, module by module, and why; and what always must.

A module stands here with the dearest of what it asks. MANY: all shards are asked at once, which is right for
what is seldom and dear for what is not. REFUSED: Citus does not carry it out as it is written; the reason
says what it would take. docs/how-to/grow-onto-citus.md tells operators of both.
"""

from __future__ import annotations

from tests.distribute.routing import Verdict

HOT = {
    "django_session": "who looks, for every request of a browser",
    "mfa_authenticator": "whether a second factor is asked for",
    "notices_notice": "how much somebody has not read yet, on every page",
    "sharing_delivery": "the feed, evidence and trusted merchants: the rule over rows of the viewer alone",
    "strangers_topicfollow": "what somebody follows, on every page outside",
    "ties_hiddencontact": "the numbers that somebody hides from",
}
"""Tables that a SELECT begins with, which therefore goes to one shard, or to one after the other."""

BY_ID = "something is looked for by an id that says nothing of its owner"
BY_PEOPLE = "it concerns several people's rows, each on a shard of their own"
STAFF = "staff look at everybody's, seldom"
ORDERS = "orders lie by their own id, since a buyer may be nobody; a buyer's or a shop's are on all shards"
TOKENS = "a token says nothing of whose it is: it would have to hold the id of the person"
ERASING = "what hangs on it lies with other people"

LOCKING = "it holds rows on several shards in one statement: it would take one for each, in the order of ids"
ONE_SHARE = (
    "the rule of a single share asks of the author's rows and of the viewer's in one statement: it would "
    "take the viewer's delivery first, and then the share by its author and id"
)
JOINED_BY_ID = "two tables of one owner are joined by an id alone: the join would have to name the owner too"
DELIVERING = (
    "what is no longer to be delivered is found by joining viewers' deliveries with the author's circles: "
    "it would take the author's side first, as values. What is to be delivered passes the coordinator"
)
OUTSIDE = (
    "the rule outside reads who else's circles hold two people, on third people's shards (ADR 7): it would "
    "take that fact on the relationships' rows"
)
PERSONAS = "a person's posts and letters are joined with another's persona: it would take two steps"
REMEDIES = "a buyer's remedy is joined with their order: it would take two steps"

_REASONS: dict[tuple[Verdict, str], tuple[str, ...]] = {
    (Verdict.MANY, BY_ID): ("kith.strangers.search",),
    (Verdict.MANY, BY_PEOPLE): (
        "kith.notices.services", "kith.people.queries", "kith.sharing.services.friends",
        "kith.sharing.services.standing", "kith.strangers.likeness", "kith.strangers.limits",
        "kith.strangers.services.befriending", "kith.strangers.services.contacts",
        "kith.strangers.services.reactions", "kith.strangers.services.standing", "kith.ties.contacts",
        "kith.ties.services",
    ),
    (Verdict.MANY, STAFF): (
        "kith.api.rollout", "kith.quality.queries.reported", "kith.quality.queries.standing",
        "kith.rollout.queries", "kith.rollout.services", "kith.rollout.simulation",
    ),
    (Verdict.MANY, ORDERS): (
        "kith.quality.queries.complaints", "kith.quality.queries.recalls", "kith.quality.queries.refunds",
        "kith.quality.services.complaints", "kith.shop.queries", "kith.shop.services.purchase",
    ),
    (Verdict.MANY, TOKENS): ("kith.people.tokens",),
    (Verdict.MANY, ERASING): (
        "kith.media.services", "kith.sharing.services.circles", "kith.sharing.services.rights",
    ),
    (Verdict.REFUSED, LOCKING): (
        "kith.people.locks", "kith.quality.services.recalls", "kith.sharing.services.orders",
        "kith.shop.services.moves", "kith.strangers.ranking",
    ),
    (Verdict.REFUSED, ONE_SHARE): (
        "kith.sharing.queries.cards", "kith.sharing.queries.evidence", "kith.sharing.queries.feed",
        "kith.sharing.queries.notices", "kith.sharing.queries.talk", "kith.sharing.services.talk",
    ),
    (Verdict.REFUSED, JOINED_BY_ID): ("kith.sharing.services.taking_back", "kith.ties.queries"),
    (Verdict.REFUSED, DELIVERING): ("kith.sharing.deliver",),
    (Verdict.REFUSED, OUTSIDE): (
        "kith.strangers.queries.comments", "kith.strangers.queries.home", "kith.strangers.queries.letters",
        "kith.strangers.queries.mine", "kith.strangers.queries.personas", "kith.strangers.queries.posts",
        "kith.strangers.queries.safety", "kith.strangers.reportable", "kith.strangers.services.letters",
        "kith.strangers.services.personas", "kith.strangers.services.posts", "kith.strangers.services.rights",
        "kith.strangers.services.seen", "kith.strangers.services.speaker",
    ),
    (Verdict.REFUSED, PERSONAS): (
        "kith.strangers.queries.cards", "kith.strangers.queries.notices", "kith.strangers.services.avoiding",
        "kith.strangers.services.comments", "kith.strangers.services.photos",
    ),
    (Verdict.REFUSED, REMEDIES): ("kith.quality.queries.pages", "kith.quality.queries.queues"),
}  # fmt: skip

CROSSING = {module: about for about, modules in _REASONS.items() for module in modules}
"""By module: the dearest of what it asks, and the reason."""
