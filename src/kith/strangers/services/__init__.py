"""All writes of the channel, by use case. Each takes the viewer, or is by the shop's staff."""

from kith.strangers.limits import (
    forget_erasures,
)
from kith.strangers.services.avoiding import (
    avoid,
    stop_avoiding,
)
from kith.strangers.services.befriending import (
    MayNotMeet,
    wish_to_know,
)
from kith.strangers.services.comments import (
    CommentRefused,
    comment,
    remove_comment,
    take_down_comment,
)
from kith.strangers.services.complaints import (
    LONGEST_COMPLAINT,
    DecisionRefused,
    ReportRefused,
    decide,
    find_miscounted,
    forget_reporter,
    report,
)
from kith.strangers.services.contacts import (
    ContactsRefused,
    HiddenSummary,
    claim_phone,
    forget_contact,
    forget_contacts,
    forget_hidings,
    give_up_lost_keys,
    hide_contacts,
    verify_phone,
)
from kith.strangers.services.follows import (
    follow_post,
    follow_topic,
    set_away,
)
from kith.strangers.services.forgetting import (
    forget_person,
)
from kith.strangers.services.letters import (
    MOST_LETTER_PHOTOS,
    LetterRefused,
    decline,
    erase_letter,
    greet,
    mark_letters_read,
    write_letter,
)
from kith.strangers.services.personas import (
    BirthYearWanted,
    MayNotGoOutside,
    PersonaChanges,
    change_persona,
    make_persona,
)
from kith.strangers.services.photos import (
    TooManyPhotos,
    erase_unused_outside_photos,
)
from kith.strangers.services.posts import (
    delete_post,
    erase_posts,
    hide_post,
    set_who_comments,
    set_withdrawn,
    write_post,
)
from kith.strangers.services.purging import (
    purge,
)
from kith.strangers.services.reactions import (
    posts_with,
    set_liked,
    take_back_reactions,
)
from kith.strangers.services.seen import (
    OwnPost,
)
from kith.strangers.services.speaker import (
    MayNotPost,
)
from kith.strangers.services.standing import (
    close_persona,
    go_outside,
    leave,
    reopen_persona,
)

__all__ = [
    "LONGEST_COMPLAINT",
    "MOST_LETTER_PHOTOS",
    "BirthYearWanted",
    "CommentRefused",
    "ContactsRefused",
    "DecisionRefused",
    "HiddenSummary",
    "LetterRefused",
    "MayNotGoOutside",
    "MayNotMeet",
    "MayNotPost",
    "OwnPost",
    "PersonaChanges",
    "ReportRefused",
    "TooManyPhotos",
    "avoid",
    "change_persona",
    "claim_phone",
    "close_persona",
    "comment",
    "decide",
    "decline",
    "delete_post",
    "erase_letter",
    "erase_posts",
    "erase_unused_outside_photos",
    "find_miscounted",
    "follow_post",
    "follow_topic",
    "forget_contact",
    "forget_contacts",
    "forget_erasures",
    "forget_hidings",
    "forget_person",
    "forget_reporter",
    "give_up_lost_keys",
    "go_outside",
    "greet",
    "hide_contacts",
    "hide_post",
    "leave",
    "make_persona",
    "mark_letters_read",
    "posts_with",
    "purge",
    "remove_comment",
    "reopen_persona",
    "report",
    "set_away",
    "set_liked",
    "set_who_comments",
    "set_withdrawn",
    "stop_avoiding",
    "take_back_reactions",
    "take_down_comment",
    "verify_phone",
    "wish_to_know",
    "write_letter",
    "write_post",
]
