"""Addresses under /shop/."""

from __future__ import annotations

from django.urls import path

from kith.web import complaints, storefront, storefront_orders

app_name = "shop"

urlpatterns = [
    path("", storefront.front, name="front"),
    path("categories/", storefront.categories, name="categories"),
    path("listings/<id:listing_id>/", storefront.listing, name="listing"),
    path("listings/<id:listing_id>/buy/", storefront_orders.buy, name="buy"),
    path("listings/<id:listing_id>/report/", complaints.report, name="report"),
    path("merchants/<id:merchant_id>/", storefront.merchant, name="merchant"),
    path("orders/", storefront_orders.orders, name="orders"),
    path("orders/<id:line_id>/refund/", storefront_orders.ask_refund, name="ask-refund"),
    path("orders/<id:line_id>/<slug:deed>/", storefront_orders.act_on_order, name="act"),
]
