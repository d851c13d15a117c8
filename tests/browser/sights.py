"""Every page that there is, and as whom it is looked at. A page that is missing here fails `test_pages`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import reverse

from kith.quality.models import Decision, LabReport
from kith.sharing.models import Comment
from kith.shop.models import Listing
from tests.browser.crowd import LONG_NAME, Crowd
from tests.browser.outside_crowd import (
    GREETER,
    ONE,
    OTHER,
    about,
    comment_of,
    exchange_of,
    letter_of,
    persona_of,
    post_of,
)

NOBODY = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """One page: the name of its address, who looks, and what the address is about."""

    route: str
    who: str = NOBODY
    about: Callable[[Crowd], tuple[object, ...]] = lambda _crowd: ()
    query: str = ""

    def address(self, crowd: Crowd) -> str:
        return reverse(self.route, args=self.about(crowd)) + self.query

    def __str__(self) -> str:
        return f"{self.route}{self.query} as {self.who or 'nobody'}"


def _kettle(crowd: Crowd) -> tuple[object, ...]:
    return (Listing.objects.get(source="demo", external_id="kettle").pk,)


def _lamp(crowd: Crowd) -> tuple[object, ...]:
    """What Mei bought and has."""
    return (Listing.objects.get(source="demo", external_id="lamp").pk,)


def _long_listing(crowd: Crowd) -> tuple[object, ...]:
    return (crowd.long_listing.pk,)


def _shop(crowd: Crowd) -> tuple[object, ...]:
    return (crowd.long_listing.merchant_id,)


def _mama(crowd: Crowd) -> tuple[object, ...]:
    return (crowd.person("mama").pk,)


def _long_friend(crowd: Crowd) -> tuple[object, ...]:
    return (crowd.person("w" * 20).pk,)


def _asked(crowd: Crowd) -> tuple[object, ...]:
    """A long question to Mei, with what was said under it."""
    return (crowd.share(author__display_name=LONG_NAME, kind="question"),)


def _own_question(crowd: Crowd) -> tuple[object, ...]:
    return (crowd.share(author__handle="mei", kind="question"),)


def _held(crowd: Crowd) -> tuple[object, ...]:
    return (crowd.share(author__handle="mama", visible_from__gt=crowd.now),)


def _review(crowd: Crowd) -> tuple[object, ...]:
    return (crowd.share(author__handle="mama", kind="review"),)


def _own_review(crowd: Crowd) -> tuple[object, ...]:
    return (crowd.share(author__handle="mei", kind="review"),)


def _delivered(crowd: Crowd) -> tuple[object, ...]:
    return (crowd.line(buyer__handle="mei", status="delivered"),)


def _false_mask(crowd: Crowd) -> tuple[object, ...]:
    return (Listing.objects.get(source="demo", external_id="false").pk,)


def _recalled(crowd: Crowd) -> tuple[object, ...]:
    return (crowd.line(buyer__handle="mei", listing__external_id="false"),)


def _report(crowd: Crowd) -> tuple[object, ...]:
    """One that was refused, with the longest words."""
    reports = LabReport.objects.visible_to(crowd.viewer("sunlaoban"))
    return (*_shop(crowd), reports.get(state="refused", laboratory="检" * 120).pk)


def _decision(crowd: Crowd) -> tuple[object, ...]:
    """The recall of the false mask."""
    return (*_shop(crowd), Decision.objects.get(listing__external_id="false").pk)


def _refund(crowd: Crowd) -> tuple[object, ...]:
    wanted = crowd.line(status="refund_requested", order__source="storefront", buyer__handle="mei")
    return (crowd.long_listing.merchant_id, wanted)


def _own_circle(crowd: Crowd) -> tuple[object, ...]:
    return (crowd.circle("mei", "家人"),)


def _token(crowd: Crowd) -> tuple[object, ...]:
    return (crowd.invitation.token,)


def _own_answer(crowd: Crowd) -> tuple[object, ...]:
    """What Mei said under a question."""
    share_id = crowd.share(author__display_name=LONG_NAME, kind="question")
    comments = Comment.objects.visible_to(crowd.viewer("mei"))
    return share_id, comments.get(share=share_id, author__handle="mei").pk


def _own_question_for_mama(crowd: Crowd) -> tuple[object, ...]:
    return (*_mama(crowd), *_own_question(crowd))


MEI, MAMA, NEW, SHOP = "mei", "mama", "zhouxiao", "sunlaoban"

SIGHTS = [
    # Nobody in particular
    Sight("circle:home"),
    Sight("shop:front"),
    Sight("shop:front", query="?q=nothing-of-this-kind"),
    Sight("shop:categories"),
    Sight("shop:listing", NOBODY, _kettle),
    Sight("shop:merchant", NOBODY, _shop),
    Sight("friends:invited", NOBODY, _token),
    Sight("shop:listing", NOBODY, _false_mask),
    Sight("transparency:page"),
    Sight("trusted:merchants"),
    Sight("privacy:gone"),
    Sight("account_login"),
    Sight("account_signup"),
    Sight("account_signup_password"),
    Sight("account_request_login_code"),
    Sight("account_reset_password"),
    Sight("account_inactive"),
    # Somebody new, for whom everything is empty
    Sight("account_welcome", NEW),
    Sight("circle:feed", NEW),
    Sight("trusted:merchants", NEW),
    Sight("shop:listing", NEW, _kettle),
    Sight("shop:orders", NEW),
    Sight("friends:list", NEW),
    Sight("friends:requests", NEW),
    Sight("friends:blocked", NEW),
    Sight("circles:list", NEW),
    Sight("circle:notices", NEW),
    Sight("circle:mine", NEW),
    Sight("circle:choose-eyes", NEW),
    Sight("me:home", NEW),
    Sight("privacy:home", NEW),
    Sight("privacy:open", NEW),
    Sight("privacy:ledger", NEW),
    Sight("friends:invited", NEW, _token),
    # Mei
    Sight("circle:feed", MEI),
    Sight("circle:feed", MEI, query="?kind=question"),
    Sight("circle:share", MEI, _asked),
    Sight("circle:share", MEI, _own_question),
    Sight("circle:share", MEI, _review),
    Sight("circle:audience", MEI, _own_review),
    Sight("circle:delete", MEI, _own_question),
    Sight("circle:delete-comment", MEI, _own_answer),
    Sight("circle:view-share-as", MEI, _own_question_for_mama),
    Sight("circle:choose", MEI),
    Sight("circle:write", MEI, lambda _crowd: ("question",)),
    Sight("circle:write", MEI, lambda _crowd: ("tip",)),
    Sight("circle:mine", MEI),
    Sight("circle:mine", MEI, query="?state=withdrawn"),
    Sight("circle:past", MEI),
    Sight("circle:choose-eyes", MEI),
    Sight("circle:view-as", MEI, _mama),
    Sight("circle:view-as", MEI, _long_friend),
    Sight("circle:person", MEI, _mama),
    Sight("circle:person", MEI, _long_friend),
    Sight("circle:notices", MEI),
    Sight("shop:front", MEI),
    Sight("shop:front", MEI, query="?category=kitchen-appliances"),
    Sight("shop:front", MEI, query="?category=medicine"),
    Sight("shop:front", MEI, query="?q=水壶"),
    Sight("shop:listing", MEI, _kettle),
    Sight("shop:listing", MEI, _long_listing),
    Sight("shop:merchant", MEI, _shop),
    Sight("shop:buy", MEI, _long_listing),
    Sight("shop:orders", MEI),
    Sight("shop:ask-refund", MEI, _delivered),
    Sight("shop:listing", MEI, _false_mask),
    Sight("shop:report", MEI, _lamp),
    Sight("transparency:page", MEI),
    Sight("recalls:list", MEI),
    Sight("recalls:recall", MEI, _recalled),
    Sight("trusted:merchants", MEI),
    Sight("friends:list", MEI),
    Sight("friends:find", MEI),
    Sight("friends:requests", MEI),
    Sight("friends:accept", MEI, lambda crowd: (crowd.request_id,)),
    Sight("friends:invitations", MEI),
    Sight("friends:invited", MEI, _token),
    Sight("friends:blocked", MEI),
    Sight("friends:friend", MEI, _long_friend),
    Sight("friends:unfriend", MEI, _long_friend),
    Sight("friends:block", MEI, _long_friend),
    Sight("circles:list", MEI),
    Sight("circles:new", MEI),
    Sight("circles:circle", MEI, _own_circle),
    Sight("circles:change", MEI, _own_circle),
    Sight("circles:members", MEI, _own_circle),
    Sight("circles:delete", MEI, _own_circle),
    Sight("me:home", MEI),
    Sight("me:profile", MEI),
    Sight("me:keys", MEI),
    Sight("privacy:home", MEI),
    Sight("privacy:sharing", MEI),
    Sight("privacy:withdraw", MEI),
    Sight("privacy:ledger", MEI),
    Sight("privacy:data", MEI),
    Sight("privacy:delete", MEI),
    Sight("account_security", MEI),
    Sight("account_change_phone", MEI),
    Sight("account_change_password", MEI),
    Sight("account_logout", MEI),
    Sight("mfa_index", MEI),
    # Whoever is outside, and two to whom it is open, or is not
    Sight("outside:home", ONE),
    Sight("outside:topic", ONE, lambda _crowd: ("hobbies",)),
    Sight("outside:search", ONE, query="?q=月季"),
    Sight("outside:as-stranger", ONE),
    Sight("outside:write", ONE),
    Sight("outside:post", ONE, post_of(OTHER)),
    Sight("outside:post", ONE, post_of(ONE)),
    Sight("outside:delete", ONE, post_of(ONE)),
    Sight("outside:thread", ONE, comment_of(ONE, under=OTHER)),
    Sight("outside:remove-comment", ONE, comment_of(OTHER, under=ONE)),
    Sight("outside:person", ONE, persona_of(OTHER)),
    Sight("outside:person", ONE, persona_of(ONE)),
    Sight("outside:greet", ONE, persona_of("lucy")),
    Sight("outside:avoid", ONE, persona_of(OTHER)),
    Sight("outside:avoided", ONE),
    Sight("outside:report", ONE, about("comment", comment_of(OTHER, under=ONE))),
    Sight("outside:tips", ONE),
    Sight("outside:letters", ONE),
    Sight("outside:notices", ONE),
    Sight("outside:exchange", ONE, exchange_of(ONE, OTHER)),
    Sight("outside:exchange", ONE, exchange_of(GREETER, ONE)),
    Sight("outside:decline", ONE, exchange_of(GREETER, ONE)),
    Sight("outside:know", ONE, exchange_of(ONE, OTHER)),
    Sight("outside:erase-letter", ONE, letter_of(ONE)),
    Sight("outside:mine", ONE),
    Sight("outside:mine", ONE, query="?show=letters"),
    Sight("outside:persona", ONE),
    Sight("outside:contacts", ONE),
    Sight("outside:empty-contacts", ONE),
    Sight("outside:leave", ONE),
    Sight("outside:begin", MEI),
    Sight("outside:door", MEI),
    Sight("outside:door", NEW),
    # Mother, one of whose purchases is still held
    Sight("circle:feed", MAMA),
    Sight("circle:share", MAMA, _held),
    Sight("circle:share", MAMA, _review),
    Sight("circle:mine", MAMA, query="?state=held"),
    # The merchant
    Sight("shop:front", SHOP),
    Sight("merchant:desk", SHOP, _shop),
    Sight("merchant:desk", SHOP, _shop, "?tray=on-the-way"),
    Sight("merchant:desk", SHOP, _shop, "?tray=refunds"),
    Sight("merchant:refuse-refund", SHOP, _refund),
    Sight("merchant:listings", SHOP, _shop),
    Sight("merchant:new-listing", SHOP, _shop),
    Sight("merchant:edit-listing", SHOP, lambda crowd: (*_shop(crowd), *_long_listing(crowd))),
    Sight("merchant:quality", SHOP, _shop),
    Sight("merchant:reports", SHOP, _shop),
    Sight("merchant:report", SHOP, _report),
    Sight("merchant:hand-in", SHOP, _shop),
    Sight("merchant:hand-in", SHOP, _shop, "?standard=GB%202626-2019"),
    Sight("merchant:decisions", SHOP, _shop),
    Sight("merchant:decision", SHOP, _decision),
]

NOT_PAGES = {
    # Parts of pages, files, and what only a form is sent to
    "circle:new", "circle:who", "circle:photo", "circle:comment", "circle:useful", "circle:hide",
    "transparency:csv", "circle:show", "circle:not-now", "shop:act", "merchant:act", "friends:ask",
    "friends:code",
    "friends:decline", "friends:withdraw", "friends:revoke", "friends:rename", "friends:belong",
    "friends:mute", "friends:hide", "friends:unblock", "me:revoke-key", "privacy:pause", "privacy:wait",
    "privacy:resume", "privacy:copy", "account_preferences", "account_start_over",
    "mfa_download_recovery_codes", "outside:follow-topic", "outside:photo", "outside:like", "outside:follow",
    "outside:away", "outside:withdraw", "outside:who-comments", "outside:comment", "outside:wait",
    "outside:forget-contact", "outside:stop-avoiding", "outside:write-letter",
    # Reached only in the middle of something: `test_pages_in_between` goes there
    "account_confirm_login_code", "account_verify_phone", "account_reauthenticate",
    "account_set_password", "account_new_password", "mfa_authenticate", "mfa_reauthenticate",
    "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "merchant:home", "merchant:report-file", "merchant:decided", "merchant:swept",
}  # fmt: skip


def unseen_routes() -> set[str]:
    """The names of our addresses that are neither looked at nor said to be no page."""
    return set(_routes()) - {sight.route for sight in SIGHTS} - NOT_PAGES


def _routes() -> Iterator[str]:
    from django.urls import URLPattern, URLResolver, get_resolver

    def walk(patterns: list[URLPattern | URLResolver], space: str) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                if pattern.name:
                    yield f"{space}{pattern.name}"
            elif pattern.namespace is None or pattern.namespace not in {"admin", "api"}:
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                yield from walk(pattern.url_patterns, inner)

    ours = [one for one in get_resolver().url_patterns if not str(one.pattern).startswith(("api/", "staff/"))]
    yield from walk(ours, "")
