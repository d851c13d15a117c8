"""Looking around the shop: its shelves, search, one listing, one merchant. Open to everybody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from kith.core.clock import local_day
from kith.core.guard import Viewer
from kith.core.paging import Page
from kith.quality import queries as quality
from kith.sharing import queries as circle
from kith.shop import queries as shop
from kith.shop.cards import ListingCard, ShelfCard
from kith.web.middleware import ViewerRequest


@require_GET
def front(request: ViewerRequest) -> HttpResponse:
    """The shop, one of its shelves (`category`), or what a search finds (`q`); a part of it for htmx."""
    viewer, cursor = request.viewer, request.GET.get("after")
    query, code = request.GET.get("q", "").strip(), request.GET.get("category") or None
    page = (
        shop.search(viewer, query=query, cursor=cursor)
        if query
        else shop.newest_listings(viewer, category=code, cursor=cursor)
    )
    context = {"page": page, "tallies": _tallies(viewer, page), "query": query}
    if _wants_part(request):
        return _varying(render(request, "shop/found.html", context))
    tree = shop.category_tree(viewer)
    context |= {
        "shelves": tree,
        "path": _path_to(tree, code) if code else (),
        "desks": shop.merchants_of(viewer) if viewer.is_known else (),
    }
    return _varying(render(request, "shop/front.html", context))


def _tallies(viewer: Viewer, page: Page[ListingCard]) -> dict[int, circle.Tally]:
    return circle.evidence_for_listings(viewer, listing_ids=[card.id for card in page.items])


def _path_to(shelves: tuple[ShelfCard, ...], code: str) -> tuple[ShelfCard, ...]:
    """The shelves from the top down to one."""
    for shelf in shelves:
        below = () if shelf.code == code else _path_to(shelf.children, code)
        if below or shelf.code == code:
            return (shelf, *below)
    return ()


def _wants_part(request: HttpRequest) -> bool:
    return bool(request.htmx)  # type: ignore[attr-defined]


def _varying(response: HttpResponse) -> HttpResponse:
    """Keep a browser from showing the part of a page as the page."""
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_GET
def categories(request: ViewerRequest) -> HttpResponse:
    """The published list of shelves of which nothing is ever shown to a circle."""
    return render(request, "shop/categories.html", {"shelves": shop.category_tree(request.viewer)})


@require_GET
def listing(request: ViewerRequest, listing_id: int) -> HttpResponse:
    """One listing: what it claims and what of that is proven, what my circles know, what everybody says."""
    viewer = request.viewer
    reviews = circle.public_reviews(viewer, listing_id=listing_id, cursor=request.GET.get("after"))
    if _wants_part(request):
        return _varying(render(request, "circle/cards.html", {"page": reviews}))
    context: dict[str, Any] = {
        "detail": shop.get_listing(viewer, listing_id=listing_id),
        "evidence": circle.listing_evidence(viewer, listing_id=listing_id),
        "summary": circle.public_summary(viewer, listing_id=listing_id),
        "page": reviews,
        "proof": quality.get_proof(listing_id, today=local_day(viewer.now)),
        "may_report": quality.may_report(viewer, listing_id=listing_id),
    }
    return _varying(render(request, "shop/listing.html", context))


@require_GET
def merchant(request: ViewerRequest, merchant_id: int) -> HttpResponse:
    """One merchant: what my circles know of all it sells, and what it sells."""
    viewer = request.viewer
    page = shop.listings_of(viewer, merchant_id=merchant_id, cursor=request.GET.get("after"))
    context: dict[str, Any] = {"page": page, "tallies": _tallies(viewer, page), "query": ""}
    if _wants_part(request):
        return _varying(render(request, "shop/found.html", context))
    context |= {
        "merchant": shop.get_merchant(viewer, merchant_id=merchant_id),
        "evidence": circle.merchant_evidence(viewer, merchant_id=merchant_id),
    }
    return _varying(render(request, "shop/merchant.html", context))
