"""What is said under shares, as a source has it. Nobody is told of it: it is history."""

from __future__ import annotations

from collections.abc import Sequence

from kith.sharing.intake.lookup import people_of, shares_of
from kith.sharing.intake.records import CommentRecord, LikeRecord, Origin
from kith.sharing.intake.ties import TAKING
from kith.sharing.intake.verdicts import TAKEN, UNCHANGED, Verdict, rejected
from kith.sharing.models import Comment, Like


def take_comments(records: Sequence[CommentRecord], origin: Origin) -> list[Verdict]:
    """Write comments; the same author at the same instant under the same share is the same comment."""
    authors = people_of(origin.source, (record.author for record in records))
    shares = shares_of(origin.source, (record.share for record in records))
    under = [share.pk for share in shares.values()]
    rows = Comment.objects.unguarded(TAKING).filter(share__in=under, author__in=authors.values())
    here = {(comment.share_id, comment.author_id, comment.at): comment for comment in rows}
    verdicts: list[Verdict] = []
    for record in records:
        author, share = authors.find(record.author), shares.get(record.share)
        if author is None or share is None:
            verdicts.append(_unknown("person", record.author) if share else _unknown("share", record.share))
            continue
        comment = here.get((share.pk, author, record.at)) or Comment(
            share=share, share_author_id=share.author_id, author_id=author, at=record.at
        )
        verdicts.append(UNCHANGED if comment.text == record.text else TAKEN)
        comment.text = record.text
        comment.save()
        here[share.pk, author, record.at] = comment
    return verdicts


def _unknown(what: str, name: str) -> Verdict:
    return rejected(f"unknown {what} {name}")


def take_likes(records: Sequence[LikeRecord], origin: Origin) -> list[Verdict]:
    """Write that people found shares useful."""
    people = people_of(origin.source, (record.person for record in records))
    shares = shares_of(origin.source, (record.share for record in records))
    under = [share.pk for share in shares.values()]
    rows = Like.objects.unguarded(TAKING).filter(share__in=under, person__in=people.values())
    here = set(rows.values_list("share", "person"))
    new: list[Like] = []
    verdicts: list[Verdict] = []
    for record in records:
        person, share = people.find(record.person), shares.get(record.share)
        if person is None or share is None:
            verdicts.append(_unknown("person", record.person) if share else _unknown("share", record.share))
        elif share.author_id == person:
            verdicts.append(rejected("it is their own"))
        elif (share.pk, person) in here:
            verdicts.append(UNCHANGED)
        else:
            here.add((share.pk, person))
            new.append(Like(share=share, share_author_id=share.author_id, person_id=person, at=record.at))
            verdicts.append(TAKEN)
    Like.objects.bulk_create(new, batch_size=1000)
    return verdicts
