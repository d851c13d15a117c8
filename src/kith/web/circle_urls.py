"""Addresses of the circle's pages, of notices, and of photos."""

from __future__ import annotations

from django.urls import path

from kith.web import circle, circle_mine, circle_notices, circle_write

app_name = "circle"

urlpatterns = [
    path("", circle.home, name="home"),
    path("circle/", circle.feed, name="feed"),
    path("circle/new/", circle.new, name="new"),
    path("circle/share/<id:share_id>/", circle.share, name="share"),
    path("circle/share/<id:share_id>/comment/", circle.comment, name="comment"),
    path(
        "circle/share/<id:share_id>/comment/<id:comment_id>/delete/",
        circle.delete_comment,
        name="delete-comment",
    ),
    path("circle/share/<id:share_id>/useful/", circle.useful, name="useful"),
    path("circle/share/<id:share_id>/audience/", circle_mine.change_audience, name="audience"),
    path("circle/share/<id:share_id>/hide/", circle_mine.hide, name="hide"),
    path("circle/share/<id:share_id>/show/", circle_mine.show_again, name="show"),
    path("circle/share/<id:share_id>/delete/", circle_mine.delete, name="delete"),
    path("circle/write/", circle_write.choose, name="choose"),
    path("circle/write/who/", circle_write.who, name="who"),
    path("circle/write/<slug:kind>/", circle_write.write, name="write"),
    path("circle/mine/", circle_mine.mine, name="mine"),
    path("circle/mine/past/", circle_mine.past, name="past"),
    path("circle/as/", circle_mine.choose_eyes, name="choose-eyes"),
    path("circle/as/<id:person_id>/", circle_mine.view_as, name="view-as"),
    path("circle/as/<id:person_id>/<id:share_id>/", circle_mine.view_share_as, name="view-share-as"),
    path("circle/person/<id:person_id>/", circle.person, name="person"),
    path("notices/", circle_notices.notices, name="notices"),
    path("circle/not-now/<id:line_id>/", circle_notices.not_now, name="not-now"),
    path("photo/<id:photo_id>/<slug:size>/", circle.photo, name="photo"),
]
