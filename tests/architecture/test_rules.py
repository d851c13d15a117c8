"""Each rule catches what it is there to catch, and lets pass what it is not."""

from __future__ import annotations

import pytest

from tests.architecture.rules import (
    Rule,
    asks_the_time,
    changes_who_sees,
    gives_no_reason,
    goes_past_the_guard,
    holds_listings,
    is_too_long,
    uses_signals,
    writes_sql,
)
from tests.architecture.source import Module

BAD: list[tuple[Rule, str, str]] = [
    (goes_past_the_guard, "kith.web.feed", "Share._base_manager.all()"),
    (goes_past_the_guard, "kith.sharing.queries.feed", "Share.objects.raw('SELECT 1')"),
    (goes_past_the_guard, "kith.shop.services", "with connection.cursor() as cursor: pass"),
    (goes_past_the_guard, "kith.shop.search", "Listing.objects.extra(where=['1=1'])"),
    (goes_past_the_guard, "kith.shop.search", "q.annotate(x=RawSQL('SELECT 1', ()))"),
    (goes_past_the_guard, "kith.jobs.mail", "apps.get_model('sharing', 'Share').objects"),
    (writes_sql, "kith.web.feed", "from kith.core import sql"),
    (writes_sql, "kith.web.feed", "def f():\n    from kith.core.sql import rows"),
    (writes_sql, "kith.api.feed", "import kith.core.sql"),
    (uses_signals, "kith.sharing.models", "from django.db.models.signals import post_save"),
    (uses_signals, "kith.people.apps", "from django.dispatch import receiver"),
    (uses_signals, "kith.people.apps", "from django.db.models import signals"),
    (asks_the_time, "kith.sharing.services.shares", "now = datetime.now(UTC)"),
    (asks_the_time, "kith.sharing.services.shares", "now = utc_now()"),
    (asks_the_time, "kith.web.feed", "now = timezone.now()"),
    (asks_the_time, "kith.web.feed", "today = date.today()"),
    (changes_who_sees, "kith.web.friends", "from kith.ties.services import write_facts"),
    (changes_who_sees, "kith.web.friends", "from kith.ties import services"),
    (changes_who_sees, "kith.api.me", "from kith.people.services import record_consent"),
    (changes_who_sees, "kith.cli.import_", "from kith.shop.services import record_orders"),
    (changes_who_sees, "kith.web.me", "from kith.people import services\nservices.record_consent()"),
    (changes_who_sees, "kith.web.me", "import kith.people.services\nkith.people.services.record_consent()"),
    (changes_who_sees, "kith.quality.services.recalls", "from kith.shop.services import recall_refund"),
    (holds_listings, "kith.web.admin", "from kith.shop.services.holds import hold_listing"),
    (holds_listings, "kith.sharing.services.goods", "from kith.shop.services.holds import close_merchant"),
    (holds_listings, "kith.shop.admin", "from kith.shop.services.holds import release_listing"),
    (holds_listings, "kith.cli.demo", "def f():\n    from kith.shop.services import holds"),
    (holds_listings, "kith.cli.demo", "import kith.shop.services.holds"),
    (holds_listings, "kith.jobs.x", "from kith.shop import services\nservices.holds.reopen_merchant()"),
    (is_too_long, "kith.web.feed", "def feed():\n" + "    pass\n" * 40),
    (is_too_long, "kith.web.feed", "x = 1\n" * 401),
    (gives_no_reason, "kith.web.feed", "Share.objects.unguarded(reason)"),
    (gives_no_reason, "kith.web.feed", "Share.objects.unguarded(f'because {x}')"),
    (gives_no_reason, "kith.web.feed", "Share.objects.unguarded()"),
    (gives_no_reason, "kith.web.feed", "Share.objects.unguarded('because')"),
    (gives_no_reason, "kith.web.feed", "WHY = ''\nShare.objects.unguarded(reason=WHY)"),
]
GOOD: list[tuple[Rule, str, str]] = [
    (goes_past_the_guard, "kith.core.sql", "with connection.cursor() as cursor: pass"),
    (goes_past_the_guard, "kith.web.feed", "page.cursor"),
    (writes_sql, "kith.sharing.deliver", "from kith.core import sql"),
    (writes_sql, "kith.web.feed", "from kith.core import ids"),
    (uses_signals, "kith.web.feed", "from django.db.models import Q"),
    (asks_the_time, "kith.web.middleware", "now = utc_now()"),
    (asks_the_time, "kith.people.models", "joined_at = DateTimeField(default=utc_now)"),
    (asks_the_time, "kith.core.clock", "datetime.now(UTC)"),
    (changes_who_sees, "kith.sharing.services.circles", "from kith.ties.services import write_facts"),
    (changes_who_sees, "kith.web.account", "from kith.people.services import change_profile"),
    (changes_who_sees, "kith.web.account", "from kith.people import services\nservices.change_profile()"),
    (changes_who_sees, "kith.shop.services", "from kith.shop.services import record_orders"),
    (holds_listings, "kith.quality.services.takedowns", "from kith.shop.services import holds"),
    (holds_listings, "kith.web.storefront", "from kith.shop import services\nservices.place_order()"),
    (is_too_long, "kith.web.feed", "def feed():\n" + "    pass\n" * 39),
    (gives_no_reason, "kith.web.feed", "Share.objects.unguarded('the author looks at their own')"),
    (gives_no_reason, "kith.web.feed", "WHY = 'writes it down'\nShare.objects.unguarded(WHY)"),
]


@pytest.mark.parametrize(("rule", "name", "text"), BAD)
def test_catches(rule: Rule, name: str, text: str) -> None:
    assert list(rule(Module(name, text)))


@pytest.mark.parametrize(("rule", "name", "text"), GOOD)
def test_lets_pass(rule: Rule, name: str, text: str) -> None:
    assert not list(rule(Module(name, text)))
