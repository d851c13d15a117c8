"""Addresses under /privacy/."""

from __future__ import annotations

from django.urls import path

from kith.web import privacy, privacy_data, privacy_sharing

app_name = "privacy"

urlpatterns = [
    path("", privacy.show_home, name="home"),
    path("open/", privacy.open_circles, name="open"),
    path("sharing/", privacy_sharing.choose, name="sharing"),
    path("wait/", privacy.wait, name="wait"),
    path("pause/", privacy.pause, name="pause"),
    path("resume/", privacy.resume, name="resume"),
    path("withdraw/", privacy.withdraw, name="withdraw"),
    path("ledger/", privacy.show_ledger, name="ledger"),
    path("data/", privacy_data.show, name="data"),
    path("data/copy/", privacy_data.download, name="copy"),
    path("delete/", privacy_data.delete_account, name="delete"),
    path("gone/", privacy_data.show_gone, name="gone"),
]
