"""Addresses under /me/."""

from __future__ import annotations

from django.urls import path

from kith.web import me

app_name = "me"

urlpatterns = [
    path("", me.show_home, name="home"),
    path("profile/", me.change, name="profile"),
    path("keys/", me.show_keys, name="keys"),
    path("keys/<id:key_id>/revoke/", me.revoke_key, name="revoke-key"),
]
