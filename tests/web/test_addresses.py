"""Addresses are written as Django writes them, only quicker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse, set_script_prefix
from django.urls.resolvers import URLResolver

from kith.core.ids import random_id
from kith.web.jinja import ANY, url

OURS = {
    "circle", "circles", "friends", "me", "merchant", "outside", "privacy", "shop", "transparency", "trusted",
}  # fmt: skip


def names(resolver: URLResolver, place: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern, f"{place}{pattern.namespace}:" if pattern.namespace else place)
        elif pattern.name:
            yield place + pattern.name


def with_one_place() -> Iterator[str]:
    for name in names(get_resolver()):
        if name.split(":")[0] in OURS:
            try:
                reverse(name, args=[1])
            except NoReverseMatch:
                continue
            yield name


ADDRESSES = sorted(set(with_one_place()))


def test_there_are_many() -> None:
    assert len(ADDRESSES) > 30


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_address_with_an_id_is_what_django_writes(name: str) -> None:
    for number in (0, 1, ANY, ANY + 1, 2**63 - 1, random_id()):
        assert url(name, number) == reverse(name, args=[number])


def test_it_knows_where_the_site_lies() -> None:
    address = url("circle:share", 7)
    set_script_prefix("/kith/")
    try:
        assert url("circle:share", 7) == "/kith" + address
    finally:
        set_script_prefix("/")
    assert url("circle:share", 7) == address


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(NoReverseMatch):
        url("circle:feed", 7)
    with pytest.raises(NoReverseMatch):
        url("circle:nothing", 7)
