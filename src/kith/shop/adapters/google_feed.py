"""A host shop that publishes a Google Merchant Center product feed."""

from __future__ import annotations

from kith.shop.adapters import CatalogueReader
from kith.shop.feeds import read_feed

read_catalogue: CatalogueReader = read_feed
