"""Shops that staff have to decide on: those of whose listings many, or a large part, are taken down."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count

from kith.core.paging import Page
from kith.quality.models import Appeal, AppealState
from kith.quality.queries.pages import SIZE, in_order_of
from kith.shop.models import GONE, Listing, ListingHold, Merchant

FEWEST = 3
"""Listings taken down, below which a share of a few says nothing."""
WEIGHING = "takedowns that are appealed against do not weigh against a shop yet"


@dataclass(frozen=True, slots=True)
class ShopInQuestion:
    merchant_id: int
    name: str
    listings: int
    taken_down: int
    """Those that stand: not reinstated, and no appeal waits to be decided."""

    @property
    def share(self) -> float:
        return self.taken_down / self.listings


def shops_to_decide_on() -> tuple[ShopInQuestion, ...]:
    """Open shops past `QUALITY_CLOSING_NUMBER` or `QUALITY_CLOSING_SHARE`, the most taken down first.

    It only proposes: closing a shop is a person's decision (`services.decide_shop`).
    """
    open_appeals = Appeal.objects.unguarded(WEIGHING).filter(state=AppealState.OPEN).values("decision")
    standing = ListingHold.objects.filter(state__in=GONE).exclude(decision__in=open_appeals)
    least = min(FEWEST, settings.QUALITY_CLOSING_NUMBER)
    counted = standing.filter(listing__merchant__closed_at=None).order_by().values("listing__merchant")
    down: dict[int, int] = dict(
        counted.annotate(number=Count("pk"))
        .filter(number__gte=least)
        .values_list("listing__merchant", "number")
    )
    sold = Listing.objects.filter(merchant__in=down).order_by().values("merchant")
    listings: dict[int, int] = dict(sold.annotate(number=Count("pk")).values_list("merchant", "number"))
    names = Merchant.objects.in_bulk(list(down))
    shops = [ShopInQuestion(pk, names[pk].name, listings[pk], number) for pk, number in down.items()]
    return tuple(sorted(filter(_is_past, shops), key=lambda shop: (-shop.taken_down, shop.name)))


def _is_past(shop: ShopInQuestion) -> bool:
    least: int = settings.QUALITY_CLOSING_NUMBER
    share: float = settings.QUALITY_CLOSING_SHARE
    return shop.taken_down >= least or (shop.taken_down >= FEWEST and shop.share >= share)


def closed_shops(*, cursor: str | None = None, size: int = SIZE) -> Page[Merchant]:
    """Shops that staff have closed, the last ones first.

    :raises BadCursor: not one of this list.
    """
    rows = Merchant.objects.filter(closed_at__isnull=False)
    return in_order_of("closed_at", rows, newest_first=True, cursor=cursor, size=size)
