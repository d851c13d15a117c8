"""Addresses under /friends/."""

from __future__ import annotations

from django.urls import path

from kith.web import friends, friends_invitations, friends_page

app_name = "friends"

urlpatterns = [
    path("", friends.show_list, name="list"),
    path("find/", friends.find, name="find"),
    path("ask/", friends.ask, name="ask"),
    path("requests/", friends.show_requests, name="requests"),
    path("requests/<id:request_id>/", friends.accept, name="accept"),
    path("requests/<id:request_id>/decline/", friends.decline, name="decline"),
    path("requests/<id:request_id>/withdraw/", friends.withdraw, name="withdraw"),
    path("invitations/", friends_invitations.show_list, name="invitations"),
    path("invitations/<id:invitation_id>/code.svg", friends_invitations.show_code, name="code"),
    path("invitations/<id:invitation_id>/revoke/", friends_invitations.revoke, name="revoke"),
    path("invited/<str:token>/", friends_invitations.show_landing, name="invited"),
    path("blocked/", friends_page.show_blocked, name="blocked"),
    path("<id:person_id>/", friends_page.show, name="friend"),
    path("<id:person_id>/name/", friends_page.rename, name="rename"),
    path("<id:person_id>/circles/", friends_page.belong, name="belong"),
    path("<id:person_id>/mute/", friends_page.mute, name="mute"),
    path("<id:person_id>/hide/", friends_page.hide, name="hide"),
    path("<id:person_id>/unfriend/", friends_page.unfriend, name="unfriend"),
    path("<id:person_id>/block/", friends_page.block, name="block"),
    path("<id:person_id>/unblock/", friends_page.unblock, name="unblock"),
]
