"""Writing the catalogue: shelves, merchants and their listings; and keeping what they are found by."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kith.core.batches import in_batches
from kith.core.errors import NotThere, Refused
from kith.core.guard import Viewer
from kith.core.ids import random_id
from kith.core.money import Money
from kith.shop.digest import digest_of
from kith.shop.models import Category, Listing, Merchant, MerchantStaff, Source
from kith.shop.records import ListingRecord, MerchantRecord
from kith.shop.search import index_listings, shelf_names
from kith.shop.shelves import shelves

BATCH = 1000
DEAREST = 10**12


class ListingRefused(Refused):
    """A listing cannot be saved as it is; `field` says what to put right."""

    code = "listing-refused"

    def __init__(self, sentence: object, *, field: str = "") -> None:
        super().__init__(sentence)  # type: ignore[arg-type]
        self.field = field


@transaction.atomic
def load_categories() -> int:
    """Bring the shelves to what categories.toml says; return how many it has.

    May be run at every start. Shelves that are not in the file stay as they are, and so does
    `sensitive` where staff have set it: the file can close a shelf, never open one.
    """
    before = shelf_names()
    closed = set(Category.objects.filter(sensitive=True).values_list("pk", flat=True))
    rows = [
        Category(
            code=shelf.code, parent_id=shelf.parent, name_zh=shelf.zh, name_en=shelf.en,
            sensitive=shelf.sensitive or shelf.code in closed, position=position,
        )
        for position, shelf in enumerate(shelves())
    ]  # fmt: skip
    Category.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"],
        update_fields=["parent", "name_zh", "name_en", "sensitive", "position"],
    )  # fmt: skip
    renamed = {code for code, names in shelf_names().items() if before.get(code, names) != names}
    if renamed:
        index_listings(Listing.objects.filter(category__in=renamed).values_list("pk", flat=True))
    return len(rows)


@transaction.atomic
def record_merchants(records: Sequence[MerchantRecord]) -> list[int]:
    """Upsert merchants on (source, external id); return our id of each record, in their order.

    Of several records of one merchant the last counts.
    """
    ids: dict[tuple[str, str], int] = {}
    for batch in in_batches(records, BATCH):
        told = {(record.source, record.id): record for record in batch}
        before = _find_merchants(told)
        Merchant.objects.bulk_create(
            [
                Merchant(pk=random_id(), name=record.name, about=record.about, region=record.region,
                         source=record.source, external_id=record.id)
                for _, record in sorted(told.items())
            ],
            update_conflicts=True, unique_fields=["source", "external_id"],
            update_fields=["name", "about", "region"],
        )  # fmt: skip
        after = _find_merchants(told)
        ids |= {key: merchant.pk for key, merchant in after.items()}
        renamed = [now.pk for key, now in after.items() if key in before and before[key].name != now.name]
        _index_of_merchants(renamed)
    return [ids[record.source, record.id] for record in records]


def _find_merchants(keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Merchant]:
    rows = Merchant.objects.filter(
        source__in={source for source, _ in keys}, external_id__in={external_id for _, external_id in keys}
    )
    return {(row.source or "", row.external_id or ""): row for row in rows}


def _index_of_merchants(merchant_ids: Collection[int]) -> None:
    if merchant_ids:
        index_listings(Listing.objects.filter(merchant__in=merchant_ids).values_list("pk", flat=True))


@transaction.atomic
def record_listings(records: Sequence[ListingRecord]) -> list[int]:
    """Upsert listings on (source, external id); return our id of each record, in their order.

    Of several records of one listing the last counts. Their shelves and merchants exist.
    """
    ids: dict[tuple[str, str], int] = {}
    for batch in in_batches(records, BATCH):
        told = {(record.source, record.id): record for record in batch}
        Listing.objects.bulk_create(
            [_listing_of(record) for _, record in sorted(told.items())],
            update_conflicts=True, unique_fields=["source", "external_id"],
            update_fields=["merchant", "category", "title", "description", "price_minor", "currency",
                           "picture", "on_sale", "digest"],
        )  # fmt: skip
        found = _find_listings(told)
        index_listings(found.values())
        ids |= found
    return [ids[record.source, record.id] for record in records]


def _find_listings(keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    rows = Listing.objects.filter(
        source__in={source for source, _ in keys}, external_id__in={external_id for _, external_id in keys}
    )
    return {
        (source or "", external_id or ""): pk
        for pk, source, external_id in rows.values_list("pk", "source", "external_id")
    }


def _listing_of(record: ListingRecord) -> Listing:
    listing = Listing(
        pk=random_id(), merchant_id=record.merchant_id, category_id=record.category, title=record.title,
        description=record.description, price_minor=record.price.minor, currency=record.price.currency,
        picture=record.picture, on_sale=record.on_sale, source=record.source, external_id=record.id,
    )  # fmt: skip
    listing.digest = digest_of(listing)
    return listing


# --- By the merchant -------------------------------------------------------------


@transaction.atomic
def save_listing(
    viewer: Viewer,
    *,
    merchant_id: int,
    title: str,
    category: str,
    price: Money,
    description: str = "",
    on_sale: bool = True,
    listing_id: int | None = None,
) -> Listing:
    """Put something on sale, or change what is, for a merchant that the viewer acts for.

    :raises NotThere: not their merchant, or not its listing.
    :raises ListingRefused: no title, an unknown shelf, or a price that is none.
    """
    _require_staff(viewer, merchant_id)
    if listing_id is None:
        listing = Listing(merchant_id=merchant_id, created_at=viewer.now, picture="")
    else:
        listing = _hold_listing(merchant_id, listing_id)
    if not 1 <= len(title.strip()) <= 200:
        raise ListingRefused(_("Please write what it is, in up to 200 characters."), field="title")
    if not Category.objects.filter(pk=category).exists():
        raise ListingRefused(_("Please choose where it belongs."), field="category")
    if not 0 < price.minor <= DEAREST:
        raise ListingRefused(_("Please write a price such as 19.90."), field="price")
    listing.title, listing.description = title.strip(), description.strip()[:10_000]
    listing.category_id, listing.on_sale = category, on_sale
    listing.price_minor, listing.currency = price.minor, price.currency
    listing.digest = digest_of(listing)
    listing.save()
    index_listings([listing.pk])
    return listing


def _hold_listing(merchant_id: int, listing_id: int) -> Listing:
    found = Listing.objects.select_for_update(no_key=True).filter(pk=listing_id, merchant=merchant_id).first()
    if found is None:
        raise NotThere
    if Source.objects.filter(name=found.source).exists():
        raise ListingRefused(_("This listing comes from another shop and is changed there."))
    return found


def _require_staff(viewer: Viewer, merchant_id: int) -> None:
    if not MerchantStaff.objects.filter(merchant=merchant_id, person=viewer.person_id).exists():
        raise NotThere


def register_source(name: str) -> str:
    """Let a host shop send us its records; return the secret that it signs them with, which is told once.

    Registered again, the shop gets a new secret and the old one is void.
    """
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    Source.objects.update_or_create(name=name, defaults={"secret": secret})
    return secret


def set_merchant_staff(*, merchant_id: int, person_ids: Collection[int]) -> None:
    """Let these people act for a merchant, beside those who do already."""
    MerchantStaff.objects.bulk_create(
        [MerchantStaff(merchant_id=merchant_id, person_id=person_id) for person_id in person_ids],
        ignore_conflicts=True,
    )


@transaction.atomic
def rename_merchant(*, merchant_id: int, name: str) -> None:
    """Give a merchant another name, under which its listings are found from now on."""
    Merchant.objects.filter(pk=merchant_id).update(name=name)
    _index_of_merchants([merchant_id])
