"""All reads of the channel, viewer first, through the rule."""

from kith.strangers.queries.avoiding import (
    ShutOutCard,
    shut_out_by_me,
)
from kith.strangers.queries.cards import (
    PhotoRef,
    PostCard,
    TopicRef,
    Why,
)
from kith.strangers.queries.comments import (
    CommentCard,
    Thread,
    answers,
    get_comment,
    threads,
)
from kith.strangers.queries.complaints import (
    Reportable,
    get_reportable,
)
from kith.strangers.queries.contacts import (
    hidden_count,
)
from kith.strangers.queries.home import (
    followed,
    hot,
    near,
    newest,
)
from kith.strangers.queries.letters import (
    ExchangeCard,
    LetterCard,
    Meeting,
    count_greetings,
    exchanges,
    find_exchange_with,
    get_exchange,
    get_letter,
    letters_of,
    meeting,
    unread_letters,
)
from kith.strangers.queries.mine import (
    Written,
    get_my_letter,
    my_writing,
)
from kith.strangers.queries.notices import (
    OutsideNotice,
    mark_outside_notices_read,
    outside_notices,
    unread_outside,
)
from kith.strangers.queries.personas import (
    TELLS,
    Choices,
    PersonaCard,
    PersonaFace,
    faces_outside,
    find_outside_photo,
    get_persona,
    has_answered,
    has_persona,
    my_persona,
)
from kith.strangers.queries.posts import (
    TopicCard,
    count_my_posts,
    get_post,
    my_posts,
    my_posts_as_stranger,
    posts_of,
    search_posts,
    topics,
)
from kith.strangers.queries.safety import (
    Fact,
    SafetyCard,
    safety_card,
)

__all__ = [
    "TELLS",
    "Choices",
    "CommentCard",
    "ExchangeCard",
    "Fact",
    "LetterCard",
    "Meeting",
    "OutsideNotice",
    "PersonaCard",
    "PersonaFace",
    "PhotoRef",
    "PostCard",
    "Reportable",
    "SafetyCard",
    "ShutOutCard",
    "Thread",
    "TopicCard",
    "TopicRef",
    "Why",
    "Written",
    "answers",
    "count_greetings",
    "count_my_posts",
    "exchanges",
    "faces_outside",
    "find_exchange_with",
    "find_outside_photo",
    "followed",
    "get_comment",
    "get_exchange",
    "get_letter",
    "get_my_letter",
    "get_persona",
    "get_post",
    "get_reportable",
    "has_answered",
    "has_persona",
    "hidden_count",
    "hot",
    "letters_of",
    "mark_outside_notices_read",
    "meeting",
    "my_persona",
    "my_posts",
    "my_posts_as_stranger",
    "my_writing",
    "near",
    "newest",
    "outside_notices",
    "posts_of",
    "safety_card",
    "search_posts",
    "shut_out_by_me",
    "threads",
    "topics",
    "unread_letters",
    "unread_outside",
]
