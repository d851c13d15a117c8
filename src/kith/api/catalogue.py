"""The catalogue, which is everybody's; and what the caller's circles know of it, which is theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from kith.api.access import Access, ApiRequest
from kith.api.answers import answer, answer_all, answer_page
from kith.api.cards import Evidence, ExternalId, Held, SharePage, Source, Tally, TrustedMerchants
from kith.api.fields import Cursor, GivenId, Id, Limit, Money, Out, PathId
from kith.core.clock import local_day
from kith.core.paging import Page
from kith.core.replica import may_be_old
from kith.people.tokens import Scope
from kith.quality.queries import ClaimCard, get_proof
from kith.sharing import queries as circles
from kith.shop import queries as shop
from kith.shop.cards import ListingCard
from kith.shop.cards import ListingDetail as ListingInShop
from kith.shop.models import Listing as ListingRow
from kith.shop.models import Merchant as MerchantRow

router = Router(tags=["Listings and merchants"])

OPEN = Access(None)
READS = Access(Scope.CIRCLE_READ)
MOST_TALLIES = 50

GivenSource = Annotated[str, Field(max_length=40)]
GivenExternalId = Annotated[str, Field(max_length=120)]


class Category(Out):
    code: str
    name: str
    sensitive: bool = Field(description="What lies on it is never shown to a circle")
    children: list[Category]


class Categories(Out):
    items: list[Category]
    next: str | None


class Hold(Held):
    """That a listing is frozen until it is known, was taken down, or was called back."""

    state: Literal["suspected", "removed", "recalled"]


class Listing(Out):
    id: Id
    title: str
    picture: str
    price: Money
    merchant_id: Id
    merchant_name: str
    category_code: str
    category_name: str
    sensitive: bool
    on_sale: bool = Field(description="What its merchant wants")
    for_sale: bool = Field(description="Whether it can be bought now: on sale, without a hold, its shop open")
    hold: Hold | None = Field(description="What has been decided about it; null if it is live")
    source: Source
    external_id: ExternalId


class ListingPage(Out):
    items: list[Listing]
    next: str | None


class Shelf(Out):
    code: str
    name: str


class Claim(Out):
    """One thing that a listing says of what it sells, and how that stands."""

    words: str = Field(description="What is claimed", examples=["KN95 · GB 2626-2019"])
    state: Literal["proven", "waiting", "not-proven", "contradicted"] = Field(
        description="waiting: a report is not looked at yet; contradicted: a laboratory measured less"
    )
    says: str = Field(description="Why, in one sentence or two, in the caller's language")


class ListingDetail(Out):
    card: Listing
    description: str
    path: list[Shelf] = Field(description="The shelves it lies on, the widest first")
    claims: list[Claim] = Field(description="What it claims, and what of that is proven, at this moment")


@dataclass(frozen=True, slots=True)
class _Proven(ListingInShop):
    """A listing with what of its claims is proven."""

    claims: tuple[ClaimCard, ...]


class Merchant(Out):
    id: Id
    name: str
    about: str
    region: str
    closed_at: datetime | None = Field(description="Since when it is closed and sells nothing")
    source: Source
    external_id: ExternalId


class MerchantPage(Out):
    items: list[Merchant]
    next: str | None


class ListingTally(Out):
    listing_id: Id
    tally: Tally


class Tallies(Out):
    items: list[ListingTally]


class PublicReviews(SharePage):
    count: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class _Reviews(Page[circles.Card]):
    """A page of reviews, with what all of them together say."""

    count: int = 0
    mean: float | None = None


@router.get("/categories", auth=OPEN, response=Categories)
def categories(request: ApiRequest) -> HttpResponse:
    """The shelves of the shop, each below the one it belongs to."""
    return answer_all(request, Categories, shop.category_tree(request.viewer))


@router.get("/listings", auth=OPEN, response=ListingPage)
def listings(
    request: ApiRequest,
    q: Annotated[str, Field(max_length=200)] | None = None,
    category: Annotated[str, Field(max_length=40)] | None = None,
    source: GivenSource | None = None,
    external_id: GivenExternalId | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 20,
) -> HttpResponse:
    """What is on sale: by words, best first; by shelf, newest first; or by its id at the source.

    By words or shelf, nothing that was taken down or called back, nor anything of a closed shop.
    """
    viewer = request.viewer
    if source is not None or external_id is not None:
        page = _at_source(request, source or "", external_id or "")
    elif q:
        page = shop.search(viewer, query=q, cursor=cursor, size=limit)
    else:
        page = shop.newest_listings(viewer, category=category, cursor=cursor, size=limit)
    return answer_page(request, ListingPage, page)


def _at_source(request: ApiRequest, source: str, external_id: str) -> Page[ListingCard]:
    rows = may_be_old(ListingRow.objects.filter(source=source, external_id=external_id), request.viewer)
    cards = shop.listing_cards(request.viewer, listing_ids=list(rows.values_list("pk", flat=True)))
    return Page(tuple(cards.values()))


@router.get("/listings/evidence", auth=READS, response=Tallies)
def tallies(
    request: ApiRequest,
    listing: Annotated[list[GivenId], Query(..., min_length=1, max_length=MOST_TALLIES)],
) -> HttpResponse:
    """What the caller's circles did with each of up to 50 listings.

    Those they know nothing of are left out.
    """
    found = circles.evidence_for_listings(request.viewer, listing_ids=listing)
    return answer(Tallies, {"items": [{"listing_id": pk, "tally": tally} for pk, tally in found.items()]})


@router.get("/listings/{id:listing_id}", auth=OPEN, response=ListingDetail)
def get_listing(request: ApiRequest, listing_id: PathId) -> HttpResponse:
    """One listing, on sale or not; also one that was taken down or called back, which says so."""
    found = shop.get_listing(request.viewer, listing_id=listing_id)
    proof = get_proof(listing_id, today=local_day(request.viewer.now))
    return answer(ListingDetail, _Proven(found.card, found.description, found.path, proof.claims))


@router.get("/listings/{id:listing_id}/evidence", auth=READS, response=Evidence)
def listing_evidence(request: ApiRequest, listing_id: PathId) -> HttpResponse:
    """Who in the caller's circles bought it, whether they kept it, and what they say of it."""
    return answer(Evidence, circles.listing_evidence(request.viewer, listing_id=listing_id))


@router.get("/listings/{id:listing_id}/reviews", auth=OPEN, response=PublicReviews)
def public_reviews(
    request: ApiRequest, listing_id: PathId, cursor: Cursor | None = None, limit: Limit = 20
) -> HttpResponse:
    """Reviews that their authors chose to show to everyone, newest first."""
    viewer = request.viewer
    shop.get_listing(viewer, listing_id=listing_id)
    page = circles.public_reviews(viewer, listing_id=listing_id, cursor=cursor, size=limit)
    summary = circles.public_summary(viewer, listing_id=listing_id)
    return answer_page(request, PublicReviews, _Reviews(page.items, page.next, summary.count, summary.mean))


@router.get("/merchants", auth=OPEN, response=MerchantPage)
def merchants(
    request: ApiRequest,
    source: GivenSource,
    external_id: GivenExternalId,
) -> HttpResponse:
    """A merchant by its id at the source."""
    found = may_be_old(MerchantRow.objects.filter(source=source, external_id=external_id), request.viewer)
    return answer_all(request, MerchantPage, tuple(found))


@router.get("/merchants/trusted", auth=READS, response=TrustedMerchants)
def trusted_merchants(request: ApiRequest, limit: Limit = 50) -> HttpResponse:
    """The merchants that the caller's circles can vouch for, the surest first, with the reasons."""
    return answer_all(request, TrustedMerchants, circles.trusted_merchants(request.viewer, size=limit))


@router.get("/merchants/{id:merchant_id}", auth=OPEN, response=Merchant)
def get_merchant(request: ApiRequest, merchant_id: PathId) -> HttpResponse:
    """One merchant."""
    return answer(Merchant, shop.get_merchant(request.viewer, merchant_id=merchant_id))


@router.get("/merchants/{id:merchant_id}/listings", auth=OPEN, response=ListingPage)
def listings_of_merchant(
    request: ApiRequest, merchant_id: PathId, cursor: Cursor | None = None, limit: Limit = 20
) -> HttpResponse:
    """What a merchant sells, newest first."""
    shop.get_merchant(request.viewer, merchant_id=merchant_id)
    page = shop.listings_of(request.viewer, merchant_id=merchant_id, cursor=cursor, size=limit)
    return answer_page(request, ListingPage, page)


@router.get("/merchants/{id:merchant_id}/evidence", auth=READS, response=Evidence)
def merchant_evidence(request: ApiRequest, merchant_id: PathId) -> HttpResponse:
    """The same over all its listings."""
    return answer(Evidence, circles.merchant_evidence(request.viewer, merchant_id=merchant_id))
