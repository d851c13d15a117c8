"""What the tests of the circle's pages need beside people: things to buy and shares of them."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from kith.core.clock import utc_now
from kith.people.models import Person
from kith.shop.models import Category, LineStatus, Listing, Merchant, Order, OrderLine


def listing(title: str = "Steel kettle", *, sensitive: bool = False) -> Listing:
    code = "remedies" if sensitive else "kitchen"
    category, _ = Category.objects.get_or_create(
        code=code, defaults={"name_zh": code, "name_en": code.capitalize(), "sensitive": sensitive}
    )
    merchant, _ = Merchant.objects.get_or_create(name="Corner Shop")
    return Listing.objects.create(
        merchant=merchant, category=category, title=title, picture="kettle", price_minor=12900
    )


def bought(buyer: Person, thing: Listing, *, delivered: bool = True) -> OrderLine:
    at = utc_now() - timedelta(days=40)
    order = Order(buyer=buyer, placed_at=at, recipient="Mei", address="12 Plum Lane")
    order.save(force_insert=True)
    line = OrderLine(
        order=order,
        buyer=buyer,
        merchant=thing.merchant,
        listing=thing,
        external_id="1",
        quantity=7,
        price_minor=thing.price_minor,
        status=LineStatus.DELIVERED if delivered else LineStatus.SHIPPED,
        status_at=at,
        placed_at=at,
        delivered_at=at if delivered else None,
    )
    line.save(force_insert=True)
    return line


def a_photo(name: str = "kettle.png") -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (40, 30), "tomato").save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue(), content_type="image/png")
