"""Addresses under /circles/."""

from __future__ import annotations

from django.urls import path

from kith.web import circles

app_name = "circles"

urlpatterns = [
    path("", circles.show_list, name="list"),
    path("new/", circles.create, name="new"),
    path("<id:circle_id>/", circles.show, name="circle"),
    path("<id:circle_id>/change/", circles.change, name="change"),
    path("<id:circle_id>/members/", circles.change_members, name="members"),
    path("<id:circle_id>/delete/", circles.delete, name="delete"),
]
