"""Personas, posts, what is said of them, letters, and what is reported."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kith.audience.outside import sees_answer, sees_exchange, sees_letter, sees_persona, sees_post
from kith.audience.shares import NOBODY
from kith.core.guard import Guarded, Side, Viewer
from kith.core.ids import RandomIdField
from kith.media.models import Photo
from kith.people.models import Person
from kith.strangers.erasures import Erasure  # noqa: F401 (a model of this app)
from kith.strangers.hidings import Hiding  # noqa: F401 (a model of this app)

MOST_PHOTOS = 9
MOST_COMMENT_PHOTOS = 3
LONGEST_POST = 2000
LONGEST_COMMENT = 1000
LONGEST_GREETING = 300
LONGEST_LETTER = 2000


class LookingFor(models.TextChoices):
    """What somebody hopes to find here."""

    FRIENDS = "friends", _("Friends")
    COMPANY = "company", _("Company for walks, dancing, outings")
    HOBBIES = "hobbies", _("People with the same hobbies")
    PARTNER = "partner", _("A partner")
    ADVICE = "advice", _("Advice and experience")
    CHAT = "chat", _("Somebody to talk to")


class Persona(Guarded):
    """Who somebody is outside. Nothing that is told of it joins back to the shopper.

    The `tells_` choices are the owner's: which facts stand on the card that says how safe they are.
    """

    id = RandomIdField()
    person = models.OneToOneField(Person, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=20)
    name_key = models.CharField(max_length=40, unique=True)
    """The name as it is compared: two personas must not look alike."""
    avatar = models.ForeignKey(Photo, models.SET_NULL, null=True, blank=True, related_name="+")
    intro = models.CharField(_("a few words about them"), max_length=500, blank=True)
    interests = models.JSONField(default=list)
    """Up to ten short words."""
    looks_for = models.JSONField(default=list)
    """Of `LookingFor`."""
    region = models.CharField(max_length=6, blank=True)
    """GB/T 2260 code of a province or city, as chosen; never measured."""
    tells_age = models.BooleanField(default=False)
    """Whether the decade of birth stands beside the name."""
    tells_years = models.BooleanField(default=False)
    tells_region = models.BooleanField(default=False)
    tells_confirmed = models.BooleanField(default=False)
    tells_persona_age = models.BooleanField(default=False)
    tells_answers = models.BooleanField(default=False)
    veils_faces = models.BooleanField(default=False)
    """Faces on all photos are blurred for whoever the owner has not answered."""
    created_at = models.DateTimeField(_("here since"))
    shows = models.BooleanField(default=True)
    """In good standing: consent is live, and the shop's staff have not closed it."""
    closed_at = models.DateTimeField(_("closed since"), null=True, blank=True)
    """By the shop's staff."""
    upheld = models.PositiveSmallIntegerField(_("upheld complaints"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("persona"), _("personas")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return sees_persona(viewer)


class Topic(models.Model):
    """What a post is about. Staff add them; people follow them."""

    code = models.SlugField(_("code"), max_length=30, primary_key=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=20)
    name_en = models.CharField(_("name in English"), max_length=30)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    closed = models.BooleanField(_("no new posts"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("topic"), _("topics")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_zh if (get_language() or "zh").startswith("zh") else self.name_en


class WhoComments(models.TextChoices):
    EVERYBODY = "all", _("Everybody who sees it")
    POSTERS = "posters", _("Only people who have posted here themselves")
    NOBODY = "none", _("Nobody any more")


class Post(Guarded):
    """Something a persona says to strangers.

    `weight` is what people's reactions add up to, `rank` the place that it and the time give the post
    under Hot (docs/explanation/hot.md); `strangers.ranking` keeps both at every reaction.
    """

    id = RandomIdField()
    author = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    topic = models.ForeignKey(
        Topic, models.PROTECT, related_name="+", db_index=False, verbose_name=_("topic")
    )
    region = models.CharField(_("region"), max_length=6, blank=True)
    province = models.CharField(max_length=6, blank=True)
    """The province of `region`: Near looks for it."""
    text = models.TextField(_("words"), max_length=LONGEST_POST)
    created_at = models.DateTimeField(_("when"))
    who_comments = models.CharField(max_length=7, choices=WhoComments, default=WhoComments.EVERYBODY)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    """Its author shows it to nobody."""
    hidden_at = models.DateTimeField(_("hidden since"), null=True, blank=True)
    """The shop's staff show it to nobody but its author."""
    risk = models.FloatField(default=0)
    """0 to 1, of its words, by `detectors.risk`."""
    open_reports = models.PositiveSmallIntegerField(_("open reports"), default=0)
    weight = models.FloatField(default=0)
    rank = models.FloatField(default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("post"), _("posts")
        indexes = [
            models.Index(fields=["author", "-created_at", "-id"], name="post_newest_of_author"),
            models.Index(fields=["-created_at", "-id"], name="post_newest"),
            models.Index(fields=["province", "-created_at", "-id"], name="post_newest_near"),
            models.Index(fields=["topic", "-created_at", "-id"], name="post_newest_of_topic"),
            models.Index(fields=["-rank", "-id"], name="post_hottest"),
            models.Index(fields=["topic", "-rank", "-id"], name="post_hottest_of_topic"),
        ]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return sees_post(viewer, personas=Persona.objects.visible_to(viewer))


class PostComment(Guarded):
    """What somebody said under a post, or in answer to something said there.

    Threads are two deep: `root` is the comment that began one (null: it is one), `answers` the one
    that is answered. One that was removed while others had answered it stays without its words.
    """

    id = RandomIdField()
    post = models.ForeignKey(Post, models.CASCADE, related_name="+", db_index=False)
    post_author = models.ForeignKey(
        Person, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    author = models.ForeignKey(Person, models.CASCADE, related_name="+")
    root = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    answers = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.TextField(max_length=LONGEST_COMMENT, blank=True)
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    """By whoever said it, by the post's author, or by staff: nobody sees it any more."""
    risk = models.FloatField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["post", "root", "at", "id"], name="answers_of_post"),
            models.Index(fields=["root", "at", "id"], name="answers_of_thread"),
        ]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        posts, personas = Post.objects.visible_to(viewer), Persona.objects.visible_to(viewer)
        return sees_answer(viewer, posts=posts, personas=personas) & Q(removed_at=None)


class Reaction(Guarded):
    """That one person liked a post, or said something of it: what Hot counts, each person once a post."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="+", db_index=False)
    post_author = models.ForeignKey(
        Person, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    liked_at = models.DateTimeField(null=True, blank=True)
    comments = models.PositiveIntegerField(default=0)
    """How many of their comments stand there."""
    worth = models.FloatField(default=1)
    """What one reaction of theirs counts here: their standing, less for the same pair again."""
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "person"], name="reaction_once")]
        indexes = [models.Index(fields=["person", "post_author", "at"], name="reaction_of_pair")]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        posts, personas = Post.objects.visible_to(viewer), Persona.objects.visible_to(viewer)
        return sees_answer(viewer, posts=posts, personas=personas, by="person")


class TopicFollow(Guarded):
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "topic"], name="topic_followed_once")]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return Q(person=viewer.person_id)


class PostFollow(Guarded):
    """Somebody wants to be told what is said under a post, or (`away`) never to see it again."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    post = models.ForeignKey(Post, models.CASCADE, related_name="+")
    away = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "post"], name="post_followed_once")]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return Q(person=viewer.person_id)


class Exchange(Guarded):
    """Letters between two: a greeting, and what follows once it is answered.

    `starter_wishes`, `greeted_wishes`: since when each wants the two to know each other as shoppers.
    """

    id = RandomIdField()
    starter = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    greeted = models.ForeignKey(Person, models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="+")
    """What the greeting was about."""
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField()
    starter_read_at = models.DateTimeField(null=True, blank=True)
    greeted_read_at = models.DateTimeField(null=True, blank=True)
    starter_wishes = models.DateTimeField(null=True, blank=True)
    greeted_wishes = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["starter", "greeted"], name="exchange_once"),
            models.CheckConstraint(condition=~Q(starter=F("greeted")), name="exchange_with_another"),
        ]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return sees_exchange(viewer, personas=Persona.objects.visible_to(viewer))


class Letter(Guarded):
    id = RandomIdField()
    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="+", db_index=False)
    author = models.ForeignKey(Person, models.CASCADE, related_name="+")
    text = models.TextField(max_length=LONGEST_LETTER)
    at = models.DateTimeField()
    risk = models.FloatField(default=0)

    class Meta:
        indexes = [models.Index(fields=["exchange", "at", "id"], name="letters_of_exchange")]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return sees_letter(exchanges=Exchange.objects.visible_to(viewer))


class OutsidePhoto(Guarded):
    """A photo on a post, a comment or a letter; whoever may see that may see it."""

    author = models.ForeignKey(Person, models.CASCADE, related_name="+")
    photo = models.OneToOneField(Photo, models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, models.CASCADE, null=True, blank=True, related_name="+")
    comment = models.ForeignKey(PostComment, models.CASCADE, null=True, blank=True, related_name="+")
    letter = models.ForeignKey(Letter, models.CASCADE, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(post__isnull=False, comment=None, letter=None)
                | Q(post=None, comment__isnull=False, letter=None)
                | Q(post=None, comment=None, letter__isnull=False),
                name="outside_photo_on_one_thing",
            )
        ]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return (
            Q(Exists(Post.objects.visible_to(viewer).filter(pk=OuterRef("post"))))
            | Q(Exists(PostComment.objects.visible_to(viewer).filter(pk=OuterRef("comment"))))
            | Q(Exists(Letter.objects.visible_to(viewer).filter(pk=OuterRef("letter"))))
        )


class ShutOut(Guarded):
    """That somebody has shut a persona out, for their own list: the fact itself stands on the relationship.

    The name is the one they knew. Whose persona it is, and what became of it, is not told.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    persona = models.ForeignKey(Persona, models.CASCADE, related_name="+")
    """Not told: somebody who has erased all and begun anew has another id, and stays shut out."""
    mark = models.BigIntegerField()
    """The id that the persona had then."""
    name = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "persona"], name="shut_out_once")]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return Q(person=viewer.person_id) if viewer.outside > Side.SHUT else NOBODY


class Grievance(models.TextChoices):
    """Why something is reported."""

    VULGAR = "vulgar", _("Vulgar, or bait")
    FRAUD = "fraud", _("Wants money, or looks like fraud")
    THREAT = "threat", _("Threatens or insults")
    PRIVATE = "private", _("Shows somebody's private things")
    SELLING = "selling", _("Advertising")
    MINOR = "minor", _("Somebody under 18")
    OTHER = "other", _("Something else")


class Complaint(Guarded):
    """That somebody reported a persona, or something it wrote. Whoever it is about never learns by whom."""

    class About(models.TextChoices):
        PERSONA = "persona", _("persona")
        POST = "post", _("post")
        COMMENT = "comment", _("comment")
        LETTER = "letter", _("letter")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        UPHELD = "upheld", _("upheld")
        DISMISSED = "dismissed", _("dismissed")

    id = RandomIdField()
    reporter = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    """None: they have left, and what was decided stands."""
    accused = models.ForeignKey(Person, models.CASCADE, related_name="+")
    about = models.CharField(_("what it is about"), max_length=7, choices=About)
    subject = models.BigIntegerField()
    """The id of what it is about."""
    why = models.CharField(_("why"), max_length=8, choices=Grievance)
    words = models.CharField(_("in their words"), max_length=500, blank=True)
    quoted = models.TextField(_("what was written"), blank=True)
    """What it said when it was reported: it may be changed or erased afterwards."""
    at = models.DateTimeField(_("when"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("complaint"), _("complaints")
        constraints = [
            models.UniqueConstraint(fields=["reporter", "about", "subject"], name="complaint_once"),
        ]
        indexes = [
            models.Index(fields=["state", "at"], name="complaint_oldest_open"),
            models.Index(fields=["about", "subject"], name="complaint_of_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.get_about_display()}: {self.get_why_display()}"

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return Q(reporter=viewer.person_id, reporter__isnull=False)
