"""Where each table lies in a cluster, and why.

A table that belongs to people is cut up by the column that names its owner: all that one person owns lies
together, on one shard, whatever table it is in (`BY_PERSON`). What is everybody's and small lies whole on
every machine (`REFERENCE`), so that it can be joined with anything. What is found by a key that names
nobody is cut up by that key (`BY_KEY`). The rest, which staff and clerks use, stays where it was (`LOCAL`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    DISTRIBUTED = "distributed"
    REFERENCE = "reference"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table lies.

    :param by: the column that says on which shard a row lies.
    :param beside: the table whose shards its own lie beside: rows with the same value are on one machine.
    """

    kind: Kind
    why: str
    by: str = ""
    beside: str = ""


PEOPLE = "people_person"
BY_PERSON: dict[str, tuple[str, str]] = {
    PEOPLE: ("id", "the account itself"),
    "api_keptanswer": ("person_id", "answers kept for a person's keys"),
    "media_photo": ("owner_id", "a person's photos"),
    "mfa_authenticator": ("user_id", "an account's second factor"),
    "notices_notice": ("recipient_id", "read by who is told"),
    "people_accesstoken": ("person_id", "read together with the account"),
    "people_consent": ("person_id", "asked for every request of theirs"),
    "people_sharingpreference": ("person_id", "asked when an order of theirs comes"),
    "quality_complaint": ("person_id", "what a person complained of"),
    "quality_recallclaim": ("person_id", "a buyer's remedies"),
    "rollout_listed": ("person_id", "asked for every request of theirs"),
    "rollout_waiting": ("person_id", "a person's place in the queue"),
    "sharing_audience": ("author_id", "beside the shares that it is of"),
    "sharing_comment": ("share_author_id", "beside the share that it is under, whoever wrote it"),
    "sharing_delivery": ("viewer_id", "a viewer's timeline: the feed reads one shard"),
    "sharing_like": ("share_author_id", "beside the share that it is of"),
    "sharing_share": ("author_id", "an author's shares, beside their circles"),
    "sharing_sharephoto": ("author_id", "beside the share that it is on"),
    "strangers_complaint": ("accused_id", "counted for who is accused"),
    "strangers_erasure": ("person_id", "counted for one person"),
    "strangers_exchange": ("starter_id", "beside the persona that began it"),
    "strangers_hiding": ("person_id", "counted for one person"),
    "strangers_outsidephoto": ("author_id", "beside the photo"),
    "strangers_persona": ("person_id", "a person's other name"),
    "strangers_post": ("author_id", "beside the author's relationships, which the rule reads"),
    "strangers_postcomment": ("post_author_id", "beside the post that it is under"),
    "strangers_postfollow": ("person_id", "what a person follows"),
    "strangers_reaction": ("post_author_id", "beside the post that it is to"),
    "strangers_shutout": ("person_id", "whom a person has shut out"),
    "strangers_topicfollow": ("person_id", "what a person follows"),
    "ties_circle": ("owner_id", "a person's circles"),
    "ties_friendrequest": ("recipient_id", "read by who is to answer it"),
    "ties_hiddencontact": ("owner_id", "numbers that a person hides from"),
    "ties_invitation": ("owner_id", "a person's invitations"),
    "ties_member": ("owner_id", "beside the circle, whose owner it names"),
    "ties_relationship": ("owner_id", "beside what its rule guards: the owner's deliveries and posts"),
    "web_sentform": ("person_id", "forms that a person sent"),
}
"""Table → the column of its owner, and what lies there. All lie beside each other."""

BY_KEY: dict[str, tuple[str, str, str]] = {
    "django_session": ("session_key", "", "found by its key, for every request"),
    "sharing_takenin": ("key", "", "found by its key when a record comes"),
    "shop_order": ("id", "", "its buyer may be nobody: erasing an account empties it"),
    "shop_orderline": ("order_id", "shop_order", "beside its order"),
    "strangers_letter": ("exchange_id", "", "the letters of an exchange together, whoever wrote them"),
    "strangers_post_words": ("id", "", "the words of a post, by its id"),
}
"""Table → the column, the table that it lies beside (or none), and why."""

EVERYWHERE = {
    "api_takenbatch": "beside the host shops; a line for each batch, kept for days",
    "quality_labreport": "shown with listings",
    "quality_measure": "of a laboratory report",
    "quality_reading": "shown with listings: what each claims",
    "quality_reportuse": "shown with listings",
    "rollout_batch": "asked for every request",
    "rollout_feature": "asked for every request",
    "shop_category": "joined with everything that is sold",
    "shop_listing": "joined with everything that is sold",
    "shop_listing_words": "searched with what is decided of listings, in one statement",
    "shop_listinghold": "asked at every look at a listing",
    "shop_merchant": "joined with everything that is sold",
    "shop_merchantstaff": "asked by the rule of orders",
    "shop_source": "joined with orders",
    "strangers_topic": "joined with posts",
}
STAYING = {
    "account_emailaddress": "none are used, and its numbers are too short for a cluster",
    "account_emailconfirmation": "nobody confirms an e-mail here",
    "auth_group": "staff's",
    "auth_group_permissions": "staff's",
    "auth_permission": "staff's",
    "axes_accessattempt": "wrong passwords, for a quarter of an hour",
    "axes_accessattemptexpiration": "beside those",
    "axes_accessfailurelog": "not kept",
    "axes_accesslog": "not kept",
    "django_admin_log": "what staff did",
    "django_content_type": "Django's own",
    "django_migrations": "Django's own",
    "people_person_groups": "staff's",
    "people_person_user_permissions": "staff's",
    "quality_appeal": "decided by staff",
    "quality_decision": "a ledger in the order in which its numbers rise; written by one sweep at a time",
    "quality_decisioncount": "sums",
    "quality_finding": "a sweep's, read and written by columns",
    "quality_sampleitem": "a sweep's",
    "quality_sweep": "staff's",
    "rollout_change": "what staff did",
}

LIES_WITH = {
    "sharing_audience(circle_id)": "an author shows to circles of their own",
    "sharing_audience(share_id)": "its author is the share's",
    "sharing_comment(share_id)": "share_author is the share's",
    "sharing_like(share_id)": "share_author is the share's",
    "sharing_sharephoto(photo_id)": "on a share are photos of its author",
    "sharing_sharephoto(share_id)": "its author is the share's",
    "strangers_outsidephoto(photo_id)": "its author owns the photo",
    "strangers_outsidephoto(post_id)": "on a post are photos of its author",
    "strangers_persona(avatar_id)": "their own photo",
    "strangers_postcomment(answers_id)": "under the same post",
    "strangers_postcomment(post_id)": "post_author is the post's",
    "strangers_postcomment(root_id)": "under the same post",
    "strangers_reaction(post_id)": "post_author is the post's",
    "ties_friendrequest(suggested_id)": "a circle of the recipient's",
    "ties_invitation(circle_id)": "a circle of the owner's",
    "ties_member(circle_id)": "its owner is the circle's",
}
"""Foreign keys into a table that is cut up, whose rows always lie beside the row that they name, and why.
Each names the owner too from then on. Those whose own column cuts the table up need not be listed. All others
go: the program alone keeps them, as it does on one PostgreSQL for deliveries' authors and listings."""

WIDENED = {
    "quality_recallclaim(line_id)": "a line has one buyer, whose remedy it is",
    "sharing_audience(share_id, circle_id)": "a share has one author",
    "sharing_like(share_id, person_id)": "a share has one author",
    "sharing_share(line_id, kind)": "a line has one buyer, who is the author",
    "sharing_share(source, external_id)": "a source's id stands for one share, which has one author",
    "sharing_sharephoto(photo_id)": "a photo has one owner",
    "sharing_sharephoto(share_id, position)": "a share has one author",
    "strangers_complaint(reporter_id, about, subject)": "what it is about says who is accused",
    "strangers_outsidephoto(photo_id)": "a photo has one owner",
    "strangers_reaction(post_id, person_id)": "a post has one author",
    "ties_member(circle_id, person_id)": "a circle has one owner",
}
"""What is unique within one owner's rows and therefore at all: the owner's column is added. And why so."""

LOOSENED = {
    "media_photo(name)": "128 random bits do not meet again",
    "people_accesstoken(digest)": "the digest of 256 random bits does not meet another",
    "people_person(handle)": (
        "the program looks on all shards before it gives one away; at the same instant two could get it, "
        "which kith check finds"
    ),
    "people_person(phone)": "as with handles; who is to have it has proven by a code that it is theirs",
    "people_person(source, external_id)": "one import of a source runs at a time",
    "shop_order(source, external_id)": "one import of a source runs at a time; it looks on all shards first",
    "strangers_persona(name_key)": "as with handles",
    "ties_invitation(token)": "256 random bits do not meet again",
}
"""What nothing in a cluster can hold unique, and what takes its place. An index stays to look it up by."""

PRIMARY = (
    "an id is 63 random bits, or drawn from one sequence: with the owner's column it is as unique as alone"
)


def places() -> dict[str, Place]:
    """The place of every table, by its name."""
    found = {
        name: Place(Kind.DISTRIBUTED, why, by, "" if name == PEOPLE else PEOPLE)
        for name, (by, why) in BY_PERSON.items()
    }
    found |= {name: Place(Kind.DISTRIBUTED, why, by, beside) for name, (by, beside, why) in BY_KEY.items()}
    found |= {name: Place(Kind.REFERENCE, why) for name, why in EVERYWHERE.items()}
    return found | {name: Place(Kind.LOCAL, why) for name, why in STAYING.items()}
