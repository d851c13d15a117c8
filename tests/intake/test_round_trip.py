"""The demonstration neighbourhood; and written out and taken in by an empty installation, it is the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.management import call_command

from kith.audience.viewer import viewer_of
from kith.cli.demo_data import CAST, PASSWORD, SOURCE, load_neighbourhood
from kith.cli.export import export
from kith.core.clock import utc_now
from kith.people.models import Person
from kith.sharing.deliver import find_differences
from kith.sharing.intake import take_in
from kith.sharing.intake.giving import records_of
from kith.sharing.queries import (
    circle_feed,
    comments_of,
    evidence_for_listings,
    lines_to_ask_about,
    my_shares,
    requests_waiting,
    trusted_merchants,
)
from kith.shop.models import Listing, OrderLine
from kith.shop.queries import merchants_of

pytestmark = pytest.mark.django_db
