"""Finding posts by their words. What is shown to nobody is not found."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Q

from kith.core import fulltext
from kith.core.batches import in_batches
from kith.strangers.models import Post, Topic

INDEX = fulltext.Index("strangers_post_words", ("text", "topic"))
INDEXING = "writes down what posts are found by; who finds them is asked of the rule"
SHOWN = Q(withdrawn_at=None, hidden_at=None)
BATCH = 500


def index_posts(post_ids: Iterable[int]) -> None:
    """Write what some posts are found by; one that is withdrawn, hidden or gone is taken out."""
    names = {topic.pk: fulltext.join_texts([topic.name_zh, topic.name_en]) for topic in Topic.objects.all()}
    for some in in_batches(post_ids, BATCH):
        rows = Post.objects.unguarded(INDEXING).filter(SHOWN, pk__in=some)
        texts = {pk: (text, names[topic]) for pk, text, topic in rows.values_list("pk", "text", "topic")}
        fulltext.remove(INDEX, set(some) - texts.keys())
        fulltext.write(INDEX, texts)


def forget_posts(post_ids: Collection[int]) -> None:
    """Let posts be found no more."""
    fulltext.remove(INDEX, post_ids)


def find_unindexed() -> Collection[int]:
    """The posts whose being found or not differs from whether they are shown. There must be none."""
    shown = Post.objects.unguarded(INDEXING).filter(SHOWN).values_list("pk", flat=True)
    return set(shown) ^ fulltext.every_id(INDEX)
