"""Addresses of the strangers' channel, under outside/."""

from __future__ import annotations

from django.urls import path

from kith.web import (
    outside,
    outside_comments,
    outside_contacts,
    outside_door,
    outside_know,
    outside_letters,
    outside_mine,
    outside_people,
    outside_persona,
    outside_posts,
    outside_safety,
    outside_write,
)

app_name = "outside"

urlpatterns = [
    # What strangers write
    path("", outside.home, name="home"),
    path("topic/<slug:code>/", outside.topic, name="topic"),
    path("topic/<slug:code>/follow/", outside.follow_topic, name="follow-topic"),
    path("search/", outside.search, name="search"),
    path("as-stranger/", outside.as_stranger, name="as-stranger"),
    path("photo/<id:photo_id>/<slug:size>/", outside.photo, name="photo"),
    path("write/", outside_write.write, name="write"),
    path("post/<id:post_id>/", outside_posts.post, name="post"),
    path("post/<id:post_id>/like/", outside_posts.like, name="like"),
    path("post/<id:post_id>/follow/", outside_posts.follow, name="follow"),
    path("post/<id:post_id>/away/", outside_posts.put_away, name="away"),
    path("post/<id:post_id>/withdraw/", outside_posts.withdraw, name="withdraw"),
    path("post/<id:post_id>/who-comments/", outside_posts.who_comments, name="who-comments"),
    path("post/<id:post_id>/delete/", outside_posts.delete, name="delete"),
    path("post/<id:post_id>/comment/", outside_comments.comment, name="comment"),
    path("post/<id:post_id>/comment/<id:comment_id>/", outside_comments.thread, name="thread"),
    path("post/<id:post_id>/comment/<id:comment_id>/remove/", outside_comments.remove, name="remove-comment"),
    # Coming in, and who one is here
    path("door/", outside_door.door, name="door"),
    path("door/wait/", outside_door.wait, name="wait"),
    path("begin/", outside_persona.begin, name="begin"),
    path("me/", outside_mine.mine, name="mine"),
    path("me/persona/", outside_persona.change, name="persona"),
    path("me/leave/", outside_mine.leave, name="leave"),
    path("me/hidden/", outside_contacts.contacts, name="contacts"),
    path("me/hidden/forget/", outside_contacts.forget, name="forget-contact"),
    path("me/hidden/empty/", outside_contacts.empty, name="empty-contacts"),
    # Other personas
    path("person/<id:persona_id>/", outside_people.person, name="person"),
    path("person/<id:persona_id>/greet/", outside_people.greet, name="greet"),
    path("person/<id:persona_id>/shut-out/", outside_safety.avoid, name="avoid"),
    path("shut-out/", outside_safety.avoided, name="avoided"),
    path("shut-out/<id:mark>/back/", outside_safety.stop_avoiding, name="stop-avoiding"),
    path("report/<slug:about>/<id:subject_id>/", outside_safety.report, name="report"),
    path("meeting/", outside_people.tips, name="tips"),
    # Letters
    path("letters/", outside_letters.letters, name="letters"),
    path("letters/notices/", outside_letters.notices, name="notices"),
    path("letters/<id:exchange_id>/", outside_letters.exchange, name="exchange"),
    path("letters/<id:exchange_id>/write/", outside_letters.write, name="write-letter"),
    path("letters/<id:exchange_id>/decline/", outside_letters.decline, name="decline"),
    path("letter/<id:letter_id>/erase/", outside_letters.erase, name="erase-letter"),
    path("letters/<id:exchange_id>/know/", outside_know.know, name="know"),
]
