"""Page: the same feed as a whole HTML page, to somebody with a session, beside a Django view with no answer.

It is asked as browsers ask, so that what is sent is packed. Beside the bare empty view stands one behind all
of Kith's middleware, and the feed's statement, whose shares are those that the page must show: by itself, and
behind a bare view, which draws nothing.
"""

from __future__ import annotations

import contextlib
import gzip
import re
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.contest import Contender, Row, Stage, Target
from benchmarks.empty_view import PATH as EMPTY
from benchmarks.over_http import Answer, Ask, OverHttp, serve_kith, serve_wsgi
from benchmarks.rows.feed import askers, floor_of, limit_of
from benchmarks.signing_in import signed_in

PATH = "/circle/"
BARE, BEHIND = "empty view", "empty view behind Kith's middleware"
PACKED = {"Accept-Encoding": "gzip"}
LINK = re.compile(r"/circle/share/([0-9a-hjkmnp-tv-z]{13})/")


class Page(Row):
    name = "page"
    title = "The same as a whole HTML page"
    targets = (Target(BARE, at_least=0.25),)

    def questions(self, stage: Stage) -> Sequence[int]:
        return range(len(askers(stage)[0]))

    @contextlib.contextmanager
    def open(self, stage: Stage) -> Iterator[list[Contender]]:
        people, played = askers(stage)
        who = signed_in(stage, people, sessions=True)
        asks = [Ask(PATH, {**one.cookie, **PACKED}) for one in who]
        nothing = [Ask(EMPTY, {**one.cookie, **PACKED}) for one in who[:played]]
        with contextlib.ExitStack() as stack:
            kith = stack.enter_context(serve_kith(stage, settings="benchmarks.empty_view_in_kith"))
            bare = stack.enter_context(serve_wsgi("benchmarks.empty_view:application"))
            limit = stack.enter_context(limit_of(stage, who, played))
            yield [
                OverHttp("Kith", "ours", stage, kith, asks, read=read_page, played=played),
                OverHttp(BARE, "peer", stage, bare, nothing, judged=False, database=False),
                OverHttp(BEHIND, "peer", stage, kith, nothing, judged=False),
                limit,
                stack.enter_context(floor_of(stage, who, played)),
            ]

    def differ(self, question: Any, ours: Any, theirs: Any) -> str:
        """The page shows the shares that the statement says, in its order."""
        return super().differ(question, ours, [item["id"] for item in theirs["items"]])


def read_page(answer: Answer) -> list[str]:
    """The shares that a page links to, in its order."""
    packed = answer.headers.get("content-encoding") == "gzip"
    text = (gzip.decompress(answer.body) if packed else answer.body).decode()
    return list(dict.fromkeys(LINK.findall(text)))


ROWS = (Page(),)
