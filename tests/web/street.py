"""A street for the tests of all pages together: everything that a person can have, Mei has.

Mei shows things to Bo, who is in her circle; Eve is a stranger; Li acts for the merchant of the
storefront; Mo looks after the installation. Outside, where Bo never meets her, Mei writes to strangers.
What must never leave carries a mark (`CANARIES`) that stands nowhere else, so that it is found wherever
it turns up.
"""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.test import Client
from PIL import Image

from kith.audience.viewer import STRANGERS, viewer_of
from kith.core.clock import utc_now
from kith.core.guard import Viewer
from kith.core.money import Money
from kith.media.services import take_in_photo
from kith.people.models import Person
from kith.people.tokens import Scope, make_token
from kith.quality.models import Appeal, Complaint, Decision, LabReport, RecallClaim, Sweep
from kith.quality.services import add_file
from kith.quality.transitions import Act
from kith.rollout.queries import batches_of
from kith.sharing import services as sharing
from kith.sharing.models import Share
from kith.shop.models import LineStatus, Listing, Merchant, OrderLine
from kith.shop.records import LineRecord, OrderRecord
from kith.shop.services import Delivery
from kith.strangers import services as outside
from kith.strangers.queries.personas import my_persona
from kith.ties.queries import requests_in
from tests.shop import goods
from tests.strangers import cast as strangers
from tests.web.cast import befriend, open_to_all, somebody

ROLES = ("out", "Mei", "Bo", "Eve", "Li", "Mo")
PHONES = {
    name: f"+861398765432{digit}" for digit, name in enumerate(("Mei", "Bo", "Eve", "Fay", "Gu", "Hua"))
}
PRICE = Money(739137)
QUANTITY = 86754
HOME = Delivery("Rosa Recipient", "13812345678", "130600", "Canary Lane 31, behind the well")


class Street:
    """The people by name, and `args`: what stands in addresses, by the name of the parameter."""

    def __init__(self) -> None:
        self.now = utc_now()
        open_to_all()
        self.people = {name: self._person(name) for name in ("Mei", "Bo", "Eve", "Fay", "Gu", "Hua")}
        self.people["Li"] = somebody("Li", consents=False)
        self.people["Mo"] = somebody("Mo", consents=False, is_staff=True, is_superuser=True)
        self._befriend()
        self._sell()
        self._buy()
        self._doubt()
        self._show()
        self._go_outside()
        self.args = self._args()
        self.token = make_token(self.looks("Mei"), name="Keyname Canary", scopes=["circle:read"])[0]
        self.args["key_id"] = self.args["token_id"] = self.token.pk
        self.sessions = {role: self._session(role) for role in ROLES[1:]}
        self.tokens = {role: self._token(role) for role in ROLES[1:]}

    def _person(self, name: str) -> Person:
        person = somebody(name, consents=False, phone=PHONES[name], phone_verified=True)
        Person.objects.filter(pk=person.pk).update(display_name=f"{name} Wang")
        sharing.open_circles(self.looks_at(person, self.long_ago), text_version="1", surface="web")
        person.refresh_from_db()
        return person

    @property
    def long_ago(self) -> datetime:
        return self.now - timedelta(days=90)

    def looks_at(self, person: Person, now: datetime) -> Viewer:
        return viewer_of(person, now)

    def looks(self, name: str) -> Viewer:
        return viewer_of(Person.objects.get(pk=self.people[name].pk), self.now)

    # --- What there is --------------------------------------------------------------

    def _befriend(self) -> None:
        for name in ("Bo", "Fay", "Gu"):
            befriend(self.people["Mei"], self.people[name])
        mei = self.looks("Mei")
        self.circle = sharing.create_circle(mei, name="Zhengzhou aunts", kind="family", is_default=True)
        members = [self.people[name].pk for name in ("Bo", "Fay", "Gu")]
        sharing.add_members(mei, circle_id=self.circle.pk, person_ids=members)
        sharing.set_alias(mei, other_id=self.people["Bo"].pk, alias="Bobo the alias")
        sharing.set_muted(mei, other_id=self.people["Gu"].pk, on=True)
        self.invitation = sharing.make_invitation(mei, circle_id=self.circle.pk)
        sharing.request_by_invitation(self.looks("Hua"), token=self.invitation.token, note="A wish of Hua")
        self.request_in = requests_in(mei)[0].id
        self.request_out = self._ask("Eve")

    def _ask(self, name: str) -> int:
        sent = sharing.request_friend(
            self.looks("Mei"),
            recipient_id=self.people[name].pk,
            note="A wish of Mei",
            circle_id=self.circle.pk,
        )
        assert sent is not None
        return sent.pk

    def _sell(self) -> None:
        self.merchant: Merchant = goods.merchant("Li's kettles", staff=(self.people["Li"],))
        self.elsewhere: Merchant = goods.merchant("Another shop")
        self.kettle: Listing = goods.listing("A kettle of Li's", of=self.merchant)
        self.lamp: Listing = goods.listing("A lamp of another shop", of=self.elsewhere)

    def _buy(self) -> None:
        """The lamp long ago, in a host shop; the kettle today, in the storefront."""
        mei = self.people["Mei"]
        sharing.set_sharing(self.looks_at(mei, self.long_ago), mode="after_delivery")
        self.placed_at = (self.now - timedelta(days=40)).replace(hour=5, minute=17, second=43)
        self.delivered_at = self.placed_at + timedelta(days=3, hours=2, minutes=2)
        said = LineRecord(
            "LINE-77",
            self.lamp.pk,
            QUANTITY,
            PRICE,
            LineStatus.DELIVERED,
            self.delivered_at,
            "a secret reason",
        )
        order = OrderRecord("host", "ORDER-4711", mei.pk, self.placed_at, (said,), ship_to="130600")
        self.lamp_line = sharing.take_in_orders([order], now=self.now)[0].line
        self.line = sharing.place_order(
            self.looks("Mei"), listing_id=self.kettle.pk, quantity=3, delivery=HOME, key="a key of Mei's"
        )
        sharing.ship_line(self.looks("Li"), line_id=self.line.pk)

    def _doubt(self) -> None:
        """Mei reported the lamp and asked for her money; Li appealed when the kettle was frozen."""
        mei, li = self.people["Mei"], self.people["Li"]
        lamp = OrderLine.objects.unguarded("the lamp that Mei bought").get(listing=self.lamp)
        Complaint.objects.create(listing=self.lamp, person=mei, line=lamp, reason="broken", at=self.now)
        long_ago = {"merchant": self.merchant, "at": self.long_ago}
        frozen = Decision.objects.create(listing=self.kettle, act=Act.SUSPECT, words="A tip.", **long_ago)
        self.claim = RecallClaim.objects.create(
            line=lamp, person=mei, decision=frozen, remedy="refund", at=self.now
        )
        self.report = LabReport.objects.create(
            merchant=self.merchant, standard="GB 4706.1-2005", laboratory="A laboratory", number="R-1",
            sample="A kettle", tested_on=self.long_ago.date(), submitted_by=li, submitted_at=self.long_ago,
        )  # fmt: skip
        add_file(self.looks("Li"), report_id=self.report.pk, file=io.BytesIO(b"%PDF-1.7"))
        self.appeal = Appeal.objects.create(
            decision=frozen, by=li, words="It boils.", report=self.report, **long_ago
        )
        self.sweep = Sweep.objects.create(created_at=self.long_ago)
        self.swept = Decision.objects.create(
            listing=self.kettle, act=Act.SUSPECT, sweep=self.sweep, rule="unproven", **long_ago
        )

    def _show(self) -> None:
        mei = self.looks("Mei")
        self.purchase = Share.objects.unguarded("the test asks for what was made").get(line=self.lamp_line)
        self.photo, self.public_photo = self._photo(), self._photo()
        self.share = sharing.write_review(
            mei, listing_id=self.lamp.pk, rating=4, text="A warm light", circle_ids=[self.circle.pk],
            photo_ids=[self.photo],
        )  # fmt: skip
        self.public = sharing.write_review(
            mei, listing_id=self.kettle.pk, rating=5, text="It boils quickly", to_everyone=True,
            photo_ids=[self.public_photo],
        )  # fmt: skip
        self.comment = sharing.comment(self.looks("Bo"), share_id=self.share.pk, text="Is it bright?")
        sharing.comment(mei, share_id=self.share.pk, text="Bright enough")
        sharing.set_useful(self.looks("Bo"), share_id=self.share.pk, on=True)
        sharing.ask_question(mei, text="Which blanket is warm?", circle_ids=[self.circle.pk])

    def _photo(self) -> int:
        file = io.BytesIO()
        Image.new("RGB", (40, 30), "navy").save(file, "PNG")
        file.seek(0)
        return take_in_photo(self.looks("Mei"), file=file).pk

    def _go_outside(self) -> None:
        """Mei, Bo and Eve go outside, where Mei and Eve do not know each other; Li and Mo never do."""
        strangers.open_channel(now=self.now)
        for name, persona in (("Mei", "Lotus Pond"), ("Bo", "Old Zhao"), ("Eve", "Plum Rain")):
            Person.objects.filter(pk=self.people[name].pk).update(born=1964)
            strangers.stranger(persona, region="440300", person=self.people[name], now=self.now)
        mei, eve = self.looks("Mei"), self.looks("Eve")
        self.outside_photo = self._outside_photo("Mei")
        self.post = outside.write_post(
            mei, topic="hobbies", text="Who else grows roses in pots?", photo_ids=[self.outside_photo]
        )
        self.eves_post = outside.write_post(eve, topic="food", text="Noodles by hand, every Sunday.")
        outside.change_persona(mei, avatar_id=self._outside_photo("Mei"))
        self.said = outside.comment(
            eve, post_id=self.post.pk, text="I do, on the balcony.", photo_ids=[self._outside_photo("Eve")]
        )
        self.answered = outside.comment(
            mei, post_id=self.post.pk, text="In winter as well?", answers_id=self.said.pk
        )
        self.exchange = outside.greet(
            eve, persona_id=self.persona_of("Mei"), text="Your roses are lovely.", post_id=self.post.pk
        )
        self.letter = outside.write_letter(
            mei,
            exchange_id=self.exchange.pk,
            text="Thank you! And yours?",
            photo_ids=[self._outside_photo("Mei")],
        )

    def _outside_photo(self, name: str) -> int:
        return strangers.outside_photo(self.people[name], now=self.now).pk

    def persona_of(self, name: str) -> int:
        """The id of somebody's persona."""
        persona = my_persona(self.looks(name))
        assert persona is not None
        return persona.face.id

    def _args(self) -> dict[str, Any]:
        return {
            "share_id": self.share.pk, "comment_id": self.comment.pk, "photo_id": self.photo, "size": "small",
            "circle_id": self.circle.pk, "request_id": self.request_in, "invitation_id": self.invitation.pk,
            "token": self.invitation.token, "line_id": self.line.pk, "merchant_id": self.merchant.pk,
            "report_id": self.report.pk, "decision_id": self.swept.pk, "sweep_id": self.sweep.pk,
            "appeal_id": self.appeal.pk, "claim_id": self.claim.pk,
            "listing_id": self.kettle.pk, "batch_id": batches_of(STRANGERS).get().pk,
        }  # fmt: skip

    @property
    def outside_args(self) -> dict[str, Any]:
        """What stands in addresses outside, where a name means something else there."""
        return {
            "post_id": self.post.pk, "comment_id": self.said.pk, "photo_id": self.outside_photo,
            "exchange_id": self.exchange.pk, "letter_id": self.letter.pk, "code": "food", "size": "small",
            "about": "post", "subject_id": self.post.pk,
        }  # fmt: skip

    # --- Who looks -------------------------------------------------------------------

    def person_for(self, role: str) -> int:
        """Whom an address is about: Mei, or for Mei herself Bo."""
        return self.people["Bo" if role == "Mei" else "Mei"].pk

    def persona_for(self, role: str) -> int:
        """Whose persona an address is about: Mei's, or for Mei herself Eve's."""
        return self.persona_of("Eve" if role == "Mei" else "Mei")

    def browser(self, role: str) -> Client:
        """A new browser in which they are signed in."""
        browser = Client(headers={"accept-language": "en"}, raise_request_exception=False)
        if role != "out":
            browser.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        return browser

    def program(self, role: str) -> Client:
        """A program that holds a token which allows everything."""
        headers = {"accept-language": "en"}
        if role != "out":
            headers["authorization"] = f"Bearer {self.tokens[role]}"
        return Client(headers=headers, raise_request_exception=False)

    def _session(self, role: str) -> str:
        browser = Client()
        browser.force_login(self.people[role])
        return browser.cookies[settings.SESSION_COOKIE_NAME].value

    def _token(self, role: str) -> str:
        return make_token(self.looks(role), name="a test", scopes=list(Scope.values))[1]
