"""What was checked, taken down and taken back: numbers for everybody, signed in or not."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from kith.quality.queries import Numbers, Transparency, transparency
from kith.web.middleware import ViewerRequest

app_name = "transparency"

COLUMNS = (
    "checked", "frozen", "taken_down", "recalled", "appealed", "upheld", "reinstated_after_appeal",
    "reinstated_otherwise", "shops_closed", "shops_reopened", "found_by_machine", "decided_by_machine",
    "median_days",
)  # fmt: skip
"""The same words as in the API (`queries.transparency` says what each counts)."""
ALL = "all"
NONE = "none"
"""In place of a standard: all of the month; and what rests on no standard."""


@require_GET
def page(request: ViewerRequest) -> HttpResponse:
    """The numbers in words: all of them, by month, by standard."""
    return render(request, "shop/transparency.html", {"told": transparency()})


@require_GET
def download(request: ViewerRequest) -> HttpResponse:
    """The same as a table: a row for each month, and for each standard in it."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="transparency.csv"'
    response.write("\ufeff")  # so that a spreadsheet knows the letters
    csv.writer(response).writerows([("month", "standard", *COLUMNS), *_rows(transparency())])
    return response


def _rows(told: Transparency) -> Iterator[tuple[str, ...]]:
    for month in told.months:
        name = month.month.strftime("%Y-%m")
        yield name, ALL, *_cells(month.numbers)
        for one in month.standards:
            yield name, _safe(one.standard) or NONE, *_cells(one.numbers, checked=False)


def _cells(numbers: Numbers, *, checked: bool = True) -> Iterator[str]:
    for column in COLUMNS:
        value = getattr(numbers, column)
        known = value is not None and (checked or column != "checked")
        yield (str(round(value, 2)) if known else "")


def _safe(text: str) -> str:
    """Keep a spreadsheet from taking a text for something to work out."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


urlpatterns = [
    path("", page, name="page"),
    path("transparency.csv", download, name="csv"),
]
