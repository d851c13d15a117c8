"""All reads of the circle side, viewer first, through the rule."""

from kith.notices.services import mark_read as mark_notices_read
from kith.sharing.queries.cards import AudienceLabel, Card, PhotoRef, Thing
from kith.sharing.queries.checks import may_see, sees
from kith.sharing.queries.evidence import (
    Evidence,
    PersonEvidence,
    PublicSummary,
    Tally,
    evidence_for_listings,
    listing_evidence,
    merchant_evidence,
    public_reviews,
    public_summary,
)
from kith.sharing.queries.feed import (
    FeedPage,
    circle_feed,
    count_new,
    find_shared_photo,
    get_card,
    my_card_as_seen_by,
    my_shares,
    my_shares_as_seen_by,
    shares_of,
)
from kith.sharing.queries.notices import (
    NoticeCard,
    lines_to_ask_about,
    notices_of,
    points_above,
    unread_notices,
)
from kith.sharing.queries.talk import CommentCard, comments_of
from kith.sharing.queries.trust import TrustedMerchant, trusted_merchants

__all__ = [
    "AudienceLabel",
    "Card",
    "CommentCard",
    "Evidence",
    "FeedPage",
    "NoticeCard",
    "PersonEvidence",
    "PhotoRef",
    "PublicSummary",
    "Tally",
    "Thing",
    "TrustedMerchant",
    "circle_feed",
    "comments_of",
    "count_new",
    "evidence_for_listings",
    "find_shared_photo",
    "get_card",
    "lines_to_ask_about",
    "listing_evidence",
    "mark_notices_read",
    "may_see",
    "merchant_evidence",
    "my_card_as_seen_by",
    "my_shares",
    "my_shares_as_seen_by",
    "notices_of",
    "points_above",
    "public_reviews",
    "public_summary",
    "sees",
    "shares_of",
    "trusted_merchants",
    "unread_notices",
]
