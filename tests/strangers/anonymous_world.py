"""The demonstration as the anonymity test needs it: whoever has a persona has a life inside as well.

The demonstration's circles and pet names are words that anybody writes ("家人", "妈妈"), so that finding one
would mean nothing. To two of those who are outside, and to Mum, are given some that stand nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.db.models import F, Q
from PIL import Image

from kith.cli.demo_data import load_neighbourhood
from kith.core.clock import utc_now
from kith.core.guard import Viewer
from kith.media.models import Photo
from kith.media.services import take_in_photo
from kith.people.models import Person
from kith.people.tokens import Scope, make_token
from kith.quality.models import Complaint, Decision, RecallClaim
from kith.quality.transitions import Act
from kith.sharing import services as sharing
from kith.sharing.models import Comment, Share
from kith.shop.models import Listing, Merchant, OrderLine
from kith.shop.services import Delivery
from kith.strangers.models import Exchange, Letter, OutsidePhoto, Persona, Post, PostComment, ShutOut, Topic
from kith.strangers.services import avoid, change_persona, hide_contacts
from kith.ties.models import Circle, FriendRequest
from tests.strangers.cast import outside_photo
from tests.strangers.gathering import NOTHING, Asker
from tests.web.cast import as_viewer, befriend, somebody

SAID = "the test asks for what was made"
WITH_A_LIFE = ("huxiuying", "desmondcheung", "mama")
MARKS = ("甲乙丙", "丁戊己", "庚辛壬")
"""Signs in what each of them is called and calls things, which nobody writes by chance."""


@dataclass(frozen=True, slots=True)
class World:
    """The demonstration, who looks at it, and what there is to look at on either side."""

    askers: list[Asker]
    inside: dict[str, list[Any]]

    def outside(self, asker: Asker) -> dict[str, list[Any]]:
        """What stands in addresses of the channel: what they see, what is theirs, nothing, then all."""
        viewer = as_viewer(asker.person) if asker.person else Viewer(None, utc_now())
        me = viewer.person_id
        marks = list(ShutOut.objects.visible_to(viewer).values_list("mark", flat=True))
        personas = _sorted(
            viewer, Persona, "created_at", mine=Q(pk__in=_written_with(me)), never=Q(person=me)
        )
        posts = _sorted(viewer, Post, "-rank", mine=Q(author=me))
        comments = _sorted(viewer, PostComment, "at", mine=Q(author=me))
        letters = _sorted(viewer, Letter, "-at", mine=Q(author=me))
        waiting = Q(greeted=me, answered_at=None)
        return {
            "persona_id": [personas[0], *marks, *personas[1:]],
            "post_id": posts,
            "comment_id": comments,
            "exchange_id": _sorted(viewer, Exchange, "-starter_wishes", "-last_at", mine=waiting),
            "letter_id": letters,
            "photo_id": [*_column(OutsidePhoto, "photo"), *_column(Persona, "avatar"), NOTHING],
            "mark": [*marks, NOTHING],
            "about": ["persona", "post", "comment", "letter", "nothing"],
            "subject_id": [personas[0], posts[0], comments[0], letters[0], NOTHING],
            "code": [*Topic.objects.values_list("pk", flat=True), "nothing"],
            "size": ["large", "small", "medium"],
        }


def _sorted(viewer: Viewer, model: Any, *order: str, mine: Q, never: Q | None = None) -> list[int]:
    """One that somebody sees, one that is theirs, nothing, one that they do not see, and all others."""
    places = [F(one[1:]).desc(nulls_last=True) if one[0] == "-" else F(one).asc() for one in order]
    every = model.objects.unguarded(SAID).exclude(never or Q(pk=NOTHING)).order_by(*places)
    own = list(every.filter(mine).values_list("pk", flat=True))
    seen = model.objects.visible_to(viewer).exclude(mine).exclude(never or Q(pk=NOTHING)).order_by(*places)
    others = list(seen.values_list("pk", flat=True))
    unseen = [pk for pk in every.values_list("pk", flat=True) if pk not in {*own, *others}]
    return [*others[:1], *own[:1], NOTHING, *unseen[:1], *others[1:], *own[1:], *unseen[1:]]


def _written_with(me: int | None) -> list[int]:
    """The personas with whom somebody exchanges letters."""
    mine = Exchange.objects.unguarded(SAID).filter(Q(starter=me) | Q(greeted=me), answered_at__isnull=False)
    ends = [end for pair in mine.values_list("starter", "greeted") for end in pair]
    return list(Persona.objects.unguarded(SAID).filter(person__in=ends).values_list("pk", flat=True))


def make_world() -> World:
    load_neighbourhood(lambda things, *_, **__: iter(things))
    friend, asked = somebody("Zephyrine", language="zh-hans"), somebody("Quillon")
    for handle, mark in zip(WITH_A_LIFE, MARKS, strict=True):
        _give_a_life(_person(handle), friend, mark)
        note = f"{mark}问好"
        sharing.request_friend(as_viewer(_person(handle)), recipient_id=asked.pk, note=note)
    _shut_out("luowanqing", "tangliye")
    hide_contacts(as_viewer(_person("huxiuying")), text="13987650011")
    return World(_askers(friend), _inside())


def _person(handle: str) -> Person:
    return Person.objects.get(handle=handle)


def _give_a_life(person: Person, friend: Person, mark: str) -> None:
    """Everything that somebody can have inside, each with a sign that stands nowhere else."""
    if not person.shows:
        sharing.open_circles(as_viewer(person), text_version="1", surface="web")
        person.refresh_from_db()
    befriend(person, friend)
    mine, theirs = as_viewer(person), as_viewer(friend)
    sharing.set_alias(mine, other_id=friend.pk, alias=f"{mark}阿姨")
    sharing.set_alias(theirs, other_id=person.pk, alias=f"{mark}老姐")
    circle = sharing.create_circle(mine, name=f"{mark}街", kind="other")
    sharing.add_members(mine, circle_id=circle.pk, person_ids=[friend.pk])
    held = sharing.create_circle(theirs, name=f"{mark}巷", kind="other")
    sharing.add_members(theirs, circle_id=held.pk, person_ids=[person.pk])
    sharing.make_invitation(mine, circle_id=circle.pk)
    make_token(mine, name=f"{mark}钥匙", scopes=list(Scope.values))
    _show(person, friend, circle, mark)
    outside_photo(person, now=mine.now)
    avatar = outside_photo(person, now=mine.now)
    change_persona(mine, avatar_id=avatar.pk)


def _show(person: Person, friend: Person, circle: Circle, mark: str) -> None:
    """A tip with a photo and a talk below it, an order with an address, and something wrong with that."""
    mine, file, listing = as_viewer(person), BytesIO(), _of_which_nobody_complained()
    Image.effect_noise((120, 90), 90).convert("RGB").save(file, "PNG")
    file.seek(0)
    photo = take_in_photo(mine, file=file)
    tip = sharing.give_tip(mine, text=f"{mark}的主意", circle_ids=[circle.pk], photo_ids=[photo.pk])
    sharing.comment(as_viewer(friend), share_id=tip.pk, text=f"{mark}好")
    sharing.comment(mine, share_id=tip.pk, text=f"{mark}谢谢")
    home = Delivery(f"{mark}收", "13812340077", person.region, f"{mark}路 77 号")
    line = sharing.place_order(mine, listing_id=listing.pk, quantity=1, delivery=home, key=f"{mark}")
    of_it = {"line": line, "person": person, "at": mine.now}
    Complaint.objects.create(listing=listing, reason="broken", words=f"{mark}裂了", **of_it)
    looked_at = Decision.objects.create(
        listing=listing, merchant=listing.merchant, act=Act.SUSPECT, at=mine.now
    )
    RecallClaim.objects.create(decision=looked_at, remedy="refund", **of_it)


def _of_which_nobody_complained() -> Listing:
    """Ids are drawn: what comes first by them may be anything, and a buyer complains of a thing once."""
    complained = Complaint.objects.unguarded(SAID).values("listing")
    for_sale = Listing.objects.filter(on_sale=True, hold=None, merchant__closed_at=None)
    return for_sale.exclude(pk__in=complained).order_by("pk")[0]


def _shut_out(who: str, other: str) -> None:
    persona = Persona.objects.unguarded(SAID).get(person__handle=other)
    avoid(as_viewer(_person(who)), persona_id=persona.pk)


def _askers(friend: Person) -> list[Asker]:
    """A stranger, some of the cast, those who know somebody outside, and those who may not come in."""
    return [
        Asker("a stranger", _person("luowanqing"), 4, 60),
        Asker("Mum, with letters", _person("mama"), 4, 15),
        Asker("Lucy, Mum's niece", _person("lucy"), most=1, has_program=False),
        Asker("Jianguo, Mum's classmate", _person("jianguo"), most=1, has_program=False),
        Asker("a friend of one outside", _person("changweimin"), most=1),
        Asker("one in a circle with one outside", _person("tenglijuan"), most=1, has_program=False),
        Asker("one who hides from a number", _person("boyaqin"), most=1, has_program=False),
        Asker("one whose number is hidden", _person("xiongguodong"), most=1, has_program=False),
        Asker("Mei, let in, without a persona", _person("mei")),
        Asker("Zhou Xiao, not let in", _person("zhouxiao")),
        Asker("a friend inside", friend, most=1, has_program=False),
        Asker("nobody signed in", None),
    ]


def _ids(model: Any, order: str = "pk") -> list[int]:
    return list(model.objects.unguarded(SAID).order_by(order).values_list("pk", flat=True))


def _column(model: Any, name: str) -> list[int]:
    rows = model.objects.unguarded(SAID).exclude(**{name: None}).order_by("pk")
    return list(rows.values_list(name, flat=True))


def _inside() -> dict[str, list[Any]]:
    """What stands in addresses inside; what is Mum's first, for she has most."""
    people = [_person(handle).pk for handle in ("mama", "jianguo", "lucy", "huxiuying", "baba", "zephyrine")]
    mine = Share.objects.unguarded(SAID).filter(author=people[0]).values_list("pk", flat=True)
    return {
        "person_id": people,
        "friend_id": people,
        "share_id": [*mine[:20], *_ids(Share)[:20]],
        "comment_id": _ids(Comment)[:20],
        "photo_id": list(Photo.objects.unguarded(SAID).filter(outside=False).values_list("pk", flat=True)),
        "circle_id": _ids(Circle),
        "request_id": _ids(FriendRequest),
        "line_id": _ids(OrderLine)[:20],
        "listing_id": list(Listing.objects.values_list("pk", flat=True)[:10]),
        "merchant_id": list(Merchant.objects.values_list("pk", flat=True)[:10]),
        "size": ["large", "small"],
    }
