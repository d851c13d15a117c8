"""Reporting: of what one sees, once each, kept in numbers that agree with the rows; and what staff decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.people.models import Person
from kith.strangers import queries as outside
from kith.strangers import services as strangers
from kith.strangers.models import Complaint, Letter, Persona, Post, PostComment
from kith.strangers.ranking import find_misplaced
from kith.strangers.services import complaints
from kith.strangers.words import WordsRefused
from tests.strangers.cast import NOW, befriend, open_channel, stranger, viewer

pytestmark = pytest.mark.django_db


class Stage:
    """Bo has a post, a comment under Eve's, and a letter with Mei. Mo looks after the shop."""

    def __init__(self) -> None:
        open_channel()
        self.bo, self.mei, self.eve = (
            stranger("Old Oak", intro="I sell oak"),
            stranger("Red Plum"),
            stranger("Heron"),
        )
        self.post = strangers.write_post(viewer(self.bo), topic="money", text="Oak always rises in price.").pk
        hers = strangers.write_post(
            viewer(self.eve), topic="hobbies", text="Finches in winter, who keeps some?"
        )
        self.comment = strangers.comment(viewer(self.bo), post_id=hers.pk, text="Sell them and buy oak.").pk
        exchange = strangers.greet(viewer(self.mei), persona_id=mask(self.bo), text="What is it about oak?")
        self.letter = strangers.write_letter(viewer(self.bo), exchange_id=exchange.pk, text="Send money").pk
        self.persona = mask(self.bo)
        self.mo = Person.objects.create_user("mo_of_the_shop", display_name="Mo", is_staff=True)

    def report(self, by: Person, about: str = "post", why: str = "fraud", **more: Any) -> Complaint:
        subject = getattr(self, about)
        return strangers.report(viewer(by), about=about, subject_id=subject, why=why, **more)

    def decide(self, complaint: Complaint, *, upheld: bool, after: float = 1, hide: bool = True) -> int:
        now = NOW + timedelta(hours=after)
        return strangers.decide(complaint_id=complaint.pk, upheld=upheld, actor=self.mo, now=now, hide=hide)

    @property
    def open_reports(self) -> int:
        return Post.objects.unguarded("a test looks").get(pk=self.post).open_reports

    @property
    def upheld(self) -> int:
        return Persona.objects.unguarded("a test looks").get(pk=self.persona).upheld


def mask(person: Person) -> int:
    return Persona.objects.unguarded("a test asks for somebody's persona").get(person=person).pk


@pytest.fixture
def stage() -> Stage:
    return Stage()


def agree() -> bool:
    return not [*strangers.find_miscounted(), *find_misplaced()]


# --- Reporting -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "quoted"),
    [
        ("persona", "Old Oak\nI sell oak"),
        ("post", "Oak always rises in price."),
        ("comment", "Sell them and buy oak."),
        ("letter", "Send money"),
    ],
)
def test_what_was_said_is_kept_as_it_was(stage: Stage, about: str, quoted: str) -> None:
    seen = outside.get_reportable(viewer(stage.mei), about=about, subject_id=getattr(stage, about))
    assert (seen.words, seen.author.name, seen.is_reported) == (quoted, "Old Oak", False)
    complaint = stage.report(stage.mei, about, words=" He asks\x00 everybody. ")
    strangers.leave(viewer(stage.bo), surface="test", erase=True)
    complaint.refresh_from_db(from_queryset=Complaint.objects.unguarded("a test looks"))
    assert (complaint.quoted, complaint.words, complaint.accused_id) == (
        quoted,
        "He asks everybody.",
        stage.bo.pk,
    )


@pytest.mark.parametrize("about", ["persona", "post", "comment", "letter"])
def test_only_what_one_sees_and_is_not_ones_own(stage: Stage, about: str) -> None:
    subject = getattr(stage, about)
    with pytest.raises(complaints.ReportRefused):
        stage.report(stage.bo, about)
    with pytest.raises(NotThere):
        outside.get_reportable(viewer(stage.bo), about=about, subject_id=subject)
    for made_up in (subject + 1, 0):
        with pytest.raises(NotThere):
            strangers.report(viewer(stage.mei), about=about, subject_id=made_up, why="fraud")
    befriend(stage.mei, stage.bo)
    for looks in (viewer(stage.mei), Viewer(stage.eve.pk, NOW)):
        with pytest.raises(NotThere):
            strangers.report(looks, about=about, subject_id=subject, why="fraud")
    assert not Complaint.objects.unguarded("a test counts").exists()


def test_a_letter_is_reported_by_whom_it_was_written_to_alone(stage: Stage) -> None:
    with pytest.raises(NotThere):
        stage.report(stage.eve, "letter")


def test_nonsense_is_refused(stage: Stage) -> None:
    with pytest.raises(NotThere):
        strangers.report(viewer(stage.mei), about="nonsense", subject_id=stage.post, why="fraud")
    with pytest.raises(complaints.ReportRefused):
        stage.report(stage.mei, why="nonsense")
    with pytest.raises(WordsRefused):
        stage.report(stage.mei, words="字" * 501)


def test_once_each_and_the_number_is_of_those_who_reported(stage: Stage) -> None:
    first = stage.report(stage.mei, words="He asked me for money.")
    again = stage.report(stage.mei, why="vulgar", words="And again")
    assert (again.pk, again.why, again.words) == (first.pk, "fraud", "He asked me for money.")
    assert stage.open_reports == 1
    stage.report(stage.eve)
    assert stage.open_reports == 2
    assert agree()


def test_a_report_cools_a_post_under_hot(stage: Stage) -> None:
    def rank() -> float:
        return Post.objects.unguarded("a test looks").get(pk=stage.post).rank

    before = rank()
    complaint = stage.report(stage.mei)
    assert rank() < before
    stage.decide(complaint, upheld=False)
    assert rank() == before


def test_so_many_a_day(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(complaints, "MOST_A_DAY", 2)
    stage.report(stage.mei)
    stage.report(stage.mei, "comment")
    with pytest.raises(complaints.ReportRefused):
        stage.report(stage.mei, "persona")
    strangers.report(
        viewer(stage.mei, NOW + timedelta(days=1)), about="persona", subject_id=stage.persona, why="fraud"
    )


def test_shutting_out_with_it(stage: Stage) -> None:
    stage.report(stage.mei, "letter", also_avoid=True)
    assert [card.mark for card in outside.shut_out_by_me(viewer(stage.mei))] == [stage.persona]
    with pytest.raises(NotThere):
        outside.get_persona(viewer(stage.mei), persona_id=stage.persona)


def test_whoever_is_reported_learns_nothing_of_it(stage: Stage) -> None:
    def told() -> list[Any]:
        looks = viewer(stage.bo)
        return [
            outside.outside_notices(looks),
            outside.get_persona(looks, persona_id=stage.persona),
            list(Complaint.objects.visible_to(looks)),
            outside.exchanges(looks),
        ]

    before = told()
    for about in ("persona", "comment", "letter"):
        stage.report(stage.mei, about)
    stage.report(stage.mei, "post")
    assert told() == before
    assert not Complaint.objects.visible_to(Viewer(None, NOW)).exists()


# --- Deciding ------------------------------------------------------------------------


def test_all_who_reported_the_same_are_answered_together(stage: Stage) -> None:
    first, second = stage.report(stage.mei), stage.report(stage.eve)
    other = stage.report(stage.mei, "comment")
    assert stage.decide(second, upheld=True) == 2
    states = dict(Complaint.objects.unguarded("a test looks").values_list("pk", "state"))
    assert states == {first.pk: "upheld", second.pk: "upheld", other.pk: "open"}
    assert stage.upheld == 1, "one thing was wrong, whoever reported it"
    assert stage.open_reports == 0
    assert agree()


def test_upheld_hides_what_was_reported(stage: Stage) -> None:
    eve = viewer(stage.eve)
    stage.decide(stage.report(stage.mei, "post"), upheld=True)
    with pytest.raises(NotThere):
        outside.get_post(eve, post_id=stage.post)
    assert outside.outside_notices(viewer(stage.bo)).items[0].kind == "post_hidden"
    stage.decide(stage.report(stage.mei, "comment"), upheld=True)
    assert not PostComment.objects.visible_to(eve).filter(pk=stage.comment).exists()
    stage.decide(stage.report(stage.mei, "letter"), upheld=True)
    assert Letter.objects.visible_to(viewer(stage.mei)).filter(pk=stage.letter).exists()
    assert stage.upheld == 3
    stage.decide(stage.report(stage.mei, "persona"), upheld=True)
    with pytest.raises(NotThere):
        outside.get_persona(eve, persona_id=stage.persona)
    assert agree()


def test_upheld_may_leave_it_where_it_is(stage: Stage) -> None:
    for about in ("persona", "post", "comment"):
        stage.decide(stage.report(stage.mei, about), upheld=True, hide=False)
    outside.get_post(viewer(stage.eve), post_id=stage.post)
    outside.get_persona(viewer(stage.eve), persona_id=stage.persona)
    assert PostComment.objects.visible_to(viewer(stage.eve)).filter(pk=stage.comment).exists()
    assert stage.upheld == 3


def test_a_decision_can_be_taken_anew(stage: Stage) -> None:
    first, second = stage.report(stage.mei), stage.report(stage.eve)
    stage.decide(first, upheld=True)
    assert stage.decide(second, upheld=False, after=2) == 2
    assert stage.upheld == 0
    assert agree()


def test_a_later_report_is_a_matter_of_its_own(stage: Stage) -> None:
    stage.decide(stage.report(stage.mei, "persona"), upheld=True, hide=False)
    later = stage.report(stage.eve, "persona")
    assert stage.decide(later, upheld=False, after=2) == 1
    assert stage.upheld == 1
    assert agree()


def test_what_is_gone_can_still_be_decided(stage: Stage) -> None:
    reports = [stage.report(stage.mei, about) for about in ("post", "comment", "letter", "persona")]
    strangers.leave(viewer(stage.bo), surface="test", erase=True)
    for complaint in reports:
        stage.decide(complaint, upheld=True)
    assert stage.upheld == 4


def test_nobody_decides_about_themselves(stage: Stage) -> None:
    complaint = stage.report(stage.mei)
    for actor in (stage.mei, stage.bo):
        with pytest.raises(strangers.DecisionRefused):
            strangers.decide(complaint_id=complaint.pk, upheld=False, actor=actor, now=NOW)
    with pytest.raises(NotThere):
        strangers.decide(complaint_id=complaint.pk + 1, upheld=True, actor=stage.mo, now=NOW)
    assert stage.open_reports == 1


def test_who_leaves_is_forgotten_and_what_was_decided_stands(stage: Stage) -> None:
    stage.decide(stage.report(stage.mei, words="He asked me."), upheld=True, hide=False)
    stage.decide(stage.report(stage.mei, "comment"), upheld=True, hide=False, after=2)
    stage.report(stage.eve, "post")
    stage.report(stage.eve, "persona")
    strangers.forget_reporter(stage.eve.pk)
    strangers.forget_reporter(stage.mei.pk)
    assert stage.open_reports == 0
    rest = Complaint.objects.unguarded("a test looks")
    assert {(one.reporter, one.words, one.state) for one in rest} == {(None, "", "upheld")}
    assert stage.upheld == 2
    Person.objects.filter(pk=stage.mei.pk).delete()
    assert stage.upheld == 2
    assert agree()
    assert not Complaint.objects.visible_to(Viewer(None, NOW)).exists(), "nobody's are not everybody's"


def test_the_check_finds_numbers_that_are_wrong(stage: Stage) -> None:
    stage.report(stage.mei)
    Post.objects.unguarded("a test breaks it").filter(pk=stage.post).update(open_reports=7)
    Persona.objects.unguarded("a test breaks it").filter(pk=stage.persona).update(upheld=3)
    assert len(list(strangers.find_miscounted())) == 2
