"""Addresses under /desk/."""

from __future__ import annotations

from django.urls import path

from kith.web import merchant_desk as desk

app_name = "merchant"

urlpatterns = [
    path("", desk.home, name="home"),
    path("<id:merchant_id>/", desk.desk, name="desk"),
    path("<id:merchant_id>/orders/<id:line_id>/refuse-refund/", desk.refuse_refund, name="refuse-refund"),
    path("<id:merchant_id>/orders/<id:line_id>/<slug:deed>/", desk.act_on_line, name="act"),
    path("<id:merchant_id>/listings/", desk.listings, name="listings"),
    path("<id:merchant_id>/listings/new/", desk.edit_listing, name="new-listing"),
    path("<id:merchant_id>/listings/<id:listing_id>/", desk.edit_listing, name="edit-listing"),
]
