"""Writing what a story leaves into an empty database, in bulk."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.core.management.color import no_style
from django.db import connection, models, transaction

from benchmarks.world.columns import Rows
from benchmarks.world.left_inside import goods_left, orders_left, said_left, shares_left
from benchmarks.world.left_notices import notices_left
from benchmarks.world.left_outside import outside_left, told_outside
from benchmarks.world.left_people import people_left, ties_left
from benchmarks.world.setting_aside import Tell, set_aside, tell_nobody
from benchmarks.world.story import Story
from kith.core.columns import write_columns
from kith.notices.models import Notice
from kith.people.models import Consent, Person, SharingPreference
from kith.rollout.models import FEATURES
from kith.rollout.services import open_to_everyone
from kith.sharing.models import Audience, Comment, Delivery, Like, Share
from kith.shop.models import Listing, Merchant, MerchantStaff, Order, OrderLine
from kith.shop.search import index_listings
from kith.shop.services import load_categories
from kith.strangers.hidings import Hiding
from kith.strangers.models import (
    Persona,
    Post,
    PostComment,
    PostFollow,
    Reaction,
    ShutOut,
    TopicFollow,
)
from kith.strangers.search import INDEXING, index_posts
from kith.ties.models import Circle, HiddenContact, Member, Relationship

WHY = "The bench measures what is open."
FILLED: tuple[type[models.Model], ...] = (
    Person, Consent, SharingPreference, Relationship, Circle, Member, Merchant, MerchantStaff, Listing,
    Order, OrderLine, Share, Audience, Delivery, Comment, Like, Persona, Post, PostComment, Reaction,
    ShutOut, PostFollow, TopicFollow, HiddenContact, Hiding, Notice,
)  # fmt: skip
PARTS: tuple[Callable[[Story], Iterator[Rows]], ...] = (
    people_left, ties_left, goods_left, orders_left, shares_left, said_left, outside_left,
    lambda story: iter([notices_left(story, told_outside(story))]),
)  # fmt: skip
BEFORE = timedelta(days=1001)


def load(story: Story, *, tell: Tell = tell_nobody) -> None:
    """Fill an empty database. Keys and indexes are put back before it returns; nothing is left to do."""
    open_the_shop(story)
    with set_aside([model._meta.db_table for model in FILLED], tell=tell):
        for part in PARTS:
            for rows in part(story):
                _write(rows, tell)
            gc.collect()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), FILLED):
            cursor.execute(statement)
    _index(tell)


def open_the_shop(story: Story) -> None:
    """What there is before anybody comes: shelves, and both sides open to all. Topics came by a migration."""
    load_categories()
    for feature in FEATURES:
        open_to_everyone(feature, now=story.world.now - BEFORE, why=WHY, surface="cli")


def _write(rows: Rows, tell: Tell) -> None:
    begun = time.perf_counter()
    with transaction.atomic():
        for table in rows.chunks(connection.vendor):
            write_columns(rows.model, table)
    tell(rows.model._meta.db_table, len(rows), time.perf_counter() - begun)


def _index(tell: Tell) -> None:
    """Write what is found by words, by the services that always do."""
    posts = Post.objects.unguarded(INDEXING)
    for name, ids, index in (
        ("words of listings", Listing.objects.order_by("pk"), index_listings),
        ("words of posts", posts.order_by("pk"), index_posts),
    ):
        begun = time.perf_counter()
        with transaction.atomic():
            some = list(ids.values_list("pk", flat=True))
            index(some)
        tell(name, len(some), time.perf_counter() - begun)
