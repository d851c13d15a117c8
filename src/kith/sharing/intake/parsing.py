"""From a JSON object to a record. Looks at nothing but the object itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from babel.numbers import list_currencies

from kith.people.models import Person, SharingMode
from kith.people.phones import read_phone
from kith.people.profile import HANDLE
from kith.sharing.intake.fields import (
    AMOUNT,
    CURRENCY,
    REGION,
    Fields,
    RecordRefused,
)
from kith.sharing.intake.records import (
    BlockRecord,
    CategoryEntry,
    CircleRecord,
    CommentRecord,
    ConsentEntry,
    FriendsRecord,
    LikeRecord,
    ListingEntry,
    MerchantEntry,
    OrderEntry,
    OrderLineEntry,
    PersonRecord,
    Record,
    ShareRecord,
    TieRecord,
)
from kith.shop.models import LineStatus, RefundReason
from kith.ties.models import MOST_CIRCLES, MOST_MEMBERS, CircleKind, Window

MOST_LINES = 200
LONGEST_HOLD = 14 * 24 * 60
_MOST = 2**31 - 1
_CURRENCIES: Final = frozenset(list_currencies())
_STATUSES: Final = tuple(LineStatus.values)
_REFUND_REASONS: Final = tuple(RefundReason.values)
"""Django makes these lists anew each time, which took as long as all else that is read of a line."""


def parse(record: object) -> Record:
    """Read one record of the import.

    :raises RecordRefused: it is not as `records.schema.json` says.
    """
    if isinstance(record, Unreadable):
        raise RecordRefused(record.reason)
    if not isinstance(record, Mapping):
        raise RecordRefused("not a JSON object")
    kind = record.get("type")
    parser = PARSERS.get(kind) if isinstance(kind, str) else None
    if parser is None:
        raise RecordRefused("type is missing" if kind is None else "unknown type")
    fields = Fields(record)
    fields.take("type")
    parsed = parser(fields)
    fields.done()
    return parsed


class Unreadable:
    """Stands for a line that could not even be read as JSON, so that it too is answered for."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


def _person(fields: Fields) -> PersonRecord:
    return PersonRecord(
        id=fields.identifier("id"),
        name=fields.text("name", most=40),
        handle=_handle(fields),
        phone=_phone(fields),
        region=fields.maybe_matching("region", REGION, "six digits") or "",
        born=fields.maybe_number("born", least=1850, most=2200),
        language=fields.maybe_choice("language", Person.Language.values),
        care_mode=fields.maybe_flag("care_mode"),
        sharing=fields.maybe_choice("sharing", SharingMode.values),
        sharing_since=fields.maybe_instant("sharing_since"),
        hold_minutes=fields.maybe_number("hold_minutes", least=3, most=LONGEST_HOLD),
        excluded_categories=fields.maybe_texts("excluded_categories", most=1000, longest=40),
        paused=fields.maybe_flag("paused"),
        suspended=fields.maybe_flag("suspended"),
        consent=_consent(fields),
    )


def _handle(fields: Fields) -> str | None:
    handle = fields.maybe_text("handle", most=20, least=3)
    if handle is not None and not HANDLE.fullmatch(handle.lower()):
        raise RecordRefused("handle is not letters, digits and underscores, with a letter first")
    return handle.lower() if handle else None


def _phone(fields: Fields) -> str | None:
    text = fields.maybe_text("phone", most=40, least=1)
    if text is None:
        return None
    try:
        return read_phone(text)
    except ValueError as problem:
        raise RecordRefused(f"phone is {problem}") from None


def _consent(fields: Fields) -> ConsentEntry | None:
    consent = fields.inner("consent")
    if consent is None:
        return None
    sharing = consent.inner("sharing")
    consent.done()
    if sharing is None:
        return None
    entry = ConsentEntry(
        version=sharing.text("version", most=20),
        at=sharing.instant("at"),
        given=sharing.flag("given", default=True),
    )
    sharing.done()
    return entry


def _friends(fields: Fields) -> FriendsRecord:
    a, b = _two(fields, "a", "b")
    return FriendsRecord(a=a, b=b, at=fields.instant("at"))


def _two(fields: Fields, one: str, two: str) -> tuple[str, str]:
    first, second = fields.identifier(one), fields.identifier(two)
    if first == second:
        raise RecordRefused(f"{one} and {two} are the same person")
    return first, second


def _circle(fields: Fields) -> CircleRecord:
    record = CircleRecord(
        owner=fields.identifier("owner"),
        name=fields.text("name", most=20),
        kind=fields.choice("kind", CircleKind.values, default=CircleKind.OTHER),
        members=fields.maybe_texts("members", most=MOST_MEMBERS, longest=120) or (),
        window=fields.choice("window", Window.values, default=Window.ALL),
        weight=fields.maybe_number("weight", least=1, most=5) or 3,
        default=fields.flag("default", default=True),
    )
    if record.owner in record.members:
        raise RecordRefused("the owner is not a member of their own circle")
    return record


def _tie(fields: Fields) -> TieRecord:
    owner, other = _two(fields, "owner", "other")
    return TieRecord(
        owner=owner,
        other=other,
        muted=fields.maybe_flag("muted"),
        hidden_from=fields.maybe_flag("hidden_from"),
        alias=fields.maybe_text("alias", most=40),
    )


def _block(fields: Fields) -> BlockRecord:
    owner, other = _two(fields, "owner", "other")
    return BlockRecord(owner=owner, other=other, at=fields.instant("at"))


def _category(fields: Fields) -> CategoryEntry:
    code = fields.text("id", most=40)
    english = fields.maybe_text("name_en", most=60, least=1)
    chinese = fields.maybe_text("name_zh", most=60, least=1)
    return CategoryEntry(
        id=code,
        name_zh=chinese or english or code,
        name_en=english or chinese or code,
        parent=fields.maybe_text("parent", most=40, least=1),
        sensitive=fields.maybe_flag("sensitive"),
        position=fields.maybe_number("position", least=0, most=32767),
    )


def _merchant(fields: Fields) -> MerchantEntry:
    return MerchantEntry(
        id=fields.identifier("id"),
        name=fields.text("name", most=120),
        about=fields.maybe_text("about", most=2000) or "",
        region=fields.maybe_matching("region", REGION, "six digits") or "",
    )


def _listing(fields: Fields) -> ListingEntry:
    return ListingEntry(
        id=fields.identifier("id"),
        merchant=fields.identifier("merchant"),
        title=fields.text("title", most=200),
        description=fields.maybe_text("description", most=10_000) or "",
        category=fields.text("category", most=40),
        price=_amount(fields),
        currency=_currency(fields) or "CNY",
        picture=fields.maybe_text("picture", most=500) or "",
        on_sale=fields.flag("on_sale", default=True),
    )


def _amount(fields: Fields) -> str:
    return fields.matching("price", AMOUNT, 'an amount written as text, such as "19.90"')


def _currency(fields: Fields) -> str | None:
    code = fields.maybe_matching("currency", CURRENCY, "a currency such as CNY")
    if code is not None and code not in _CURRENCIES:
        raise RecordRefused("currency is not known")
    return code


def _order(fields: Fields) -> OrderEntry:
    record = OrderEntry(
        id=fields.identifier("id"),
        buyer=fields.identifier("buyer"),
        placed_at=fields.instant("placed_at"),
        ship_to=fields.maybe_matching("ship_to", REGION, "six digits") or "",
        lines=tuple(_line(line) for line in fields.inners("lines", most=MOST_LINES)),
    )
    if len({line.id for line in record.lines}) != len(record.lines):
        raise RecordRefused("two lines have the same id")
    return record


def _line(fields: Fields) -> OrderLineEntry:
    line = OrderLineEntry(
        id=fields.identifier("id"),
        listing=fields.identifier("listing"),
        quantity=fields.number("quantity", least=1, most=_MOST),
        price=_amount(fields),
        currency=_currency(fields),
        status=fields.choice("status", _STATUSES),
        at=fields.instant("at"),
        reason=fields.maybe_text("reason", most=500) or "",
        refund_reason=fields.maybe_choice("refund_reason", _REFUND_REASONS) or "",
        gift=fields.flag("gift", default=False),
    )
    fields.done()
    return line


def _review(fields: Fields) -> ShareRecord:
    return _share(
        fields,
        "review",
        listing=fields.identifier("listing"),
        order=fields.maybe_identifier("order"),
        line=fields.maybe_identifier("line"),
        rating=fields.number("rating", least=1, most=5),
        text=fields.maybe_text("text", most=2000) or "",
        everyone=fields.flag("everyone", default=False),
    )


def _purchase(fields: Fields) -> ShareRecord:
    return _share(
        fields,
        "purchase",
        order=fields.identifier("order"),
        line=fields.identifier("line"),
        text=fields.maybe_text("text", most=2000) or "",
    )


def _question(fields: Fields) -> ShareRecord:
    return _words(fields, "question")


def _tip(fields: Fields) -> ShareRecord:
    return _words(fields, "tip")


def _words(fields: Fields, kind: str) -> ShareRecord:
    return _share(
        fields,
        kind,
        listing=fields.maybe_identifier("listing"),
        category=fields.maybe_text("category", most=40, least=1),
        text=fields.text("text", most=2000),
    )


def _share(
    fields: Fields,
    kind: str,
    *,
    listing: str | None = None,
    category: str | None = None,
    order: str | None = None,
    line: str | None = None,
    rating: int | None = None,
    text: str,
    everyone: bool = False,
) -> ShareRecord:
    if order is None and line is not None:
        raise RecordRefused("line without its order")
    return ShareRecord(
        id=fields.identifier("id"),
        kind=kind,
        author=fields.identifier("author"),
        at=fields.instant("at"),
        listing=listing,
        category=category,
        order=order,
        line=line,
        rating=rating,
        text=text,
        circles=fields.maybe_texts("circles", most=MOST_CIRCLES, longest=20),
        everyone=everyone,
        withdrawn=fields.flag("withdrawn", default=False),
    )


def _comment(fields: Fields) -> CommentRecord:
    return CommentRecord(
        id=fields.identifier("id"),
        share=fields.identifier("share"),
        author=fields.identifier("author"),
        text=fields.text("text", most=1000),
        at=fields.instant("at"),
    )


def _like(fields: Fields) -> LikeRecord:
    return LikeRecord(
        share=fields.identifier("share"),
        person=fields.identifier("person"),
        at=fields.instant("at"),
    )


PARSERS: Final[dict[str, Callable[[Fields], Record]]] = {
    "person": _person,
    "friends": _friends,
    "circle": _circle,
    "tie": _tie,
    "block": _block,
    "category": _category,
    "merchant": _merchant,
    "listing": _listing,
    "order": _order,
    "purchase": _purchase,
    "review": _review,
    "question": _question,
    "tip": _tip,
    "comment": _comment,
    "like": _like,
}


def key_of(record: Any) -> tuple[str, ...]:
    """What makes a record the same one as another: what it is about, whatever it says of it."""
    match record:
        case FriendsRecord(a=a, b=b):
            return (min(a, b), max(a, b))
        case CircleRecord(owner=owner, name=name):
            return (owner, name)
        case TieRecord(owner=owner, other=other) | BlockRecord(owner=owner, other=other):
            return (owner, other)
        case LikeRecord(share=share, person=person):
            return (share, person)
        case _:
            return (record.id,)


def size_of(record: Any) -> int:
    """How much a record is: an order's lines and a circle's members count as well."""
    match record:
        case OrderEntry(lines=lines):
            return 1 + len(lines)
        case CircleRecord(members=members):
            return 1 + len(members)
        case _:
            return 1
