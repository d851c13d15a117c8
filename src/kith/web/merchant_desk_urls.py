"""Addresses under /desk/."""

from __future__ import annotations

from django.urls import path

from kith.web import merchant_desk as desk
from kith.web import merchant_quality as quality

app_name = "merchant"

urlpatterns = [
    path("", desk.home, name="home"),
    path("<id:merchant_id>/", desk.desk, name="desk"),
    path("<id:merchant_id>/orders/<id:line_id>/refuse-refund/", desk.refuse_refund, name="refuse-refund"),
    path("<id:merchant_id>/orders/<id:line_id>/<slug:deed>/", desk.act_on_line, name="act"),
    path("<id:merchant_id>/listings/", desk.listings, name="listings"),
    path("<id:merchant_id>/listings/new/", desk.edit_listing, name="new-listing"),
    path("<id:merchant_id>/listings/<id:listing_id>/", desk.edit_listing, name="edit-listing"),
    path("<id:merchant_id>/quality/", quality.listings, name="quality"),
    path("<id:merchant_id>/quality/reports/", quality.reports, name="reports"),
    path("<id:merchant_id>/quality/reports/new/", quality.hand_in, name="hand-in"),
    path("<id:merchant_id>/quality/reports/<id:report_id>/", quality.report, name="report"),
    path("<id:merchant_id>/quality/reports/<id:report_id>/file/", quality.report_file, name="report-file"),
    path("<id:merchant_id>/quality/decisions/", quality.decisions, name="decisions"),
    path("<id:merchant_id>/quality/decisions/<id:decision_id>/", quality.decision, name="decision"),
    path("decided/<id:decision_id>/", quality.decided, name="decided"),
    path("swept/<id:sweep_id>/", quality.swept, name="swept"),
]
