"""What people do on the pages, named as they would say it. Each begins wherever its page is reached from.

Nothing here looks under the surface: only what can be read, tapped and typed. So every deed works
with a script and without.
"""

from __future__ import annotations

import re
from io import BytesIO

from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from kith.core.ids import write_id
from kith.shop.models import Listing


def tap(page: Page | Locator, words: str) -> None:
    """Tap the one button or link that says this."""
    button = page.get_by_role("button", name=words, exact=True)
    button.or_(page.get_by_role("link", name=words, exact=True)).click()


def go(page: Page, place: str) -> None:
    """Go to one of the five places at the foot."""
    places = page.get_by_role("navigation", name="Kith")
    places.get_by_role("link", name=re.compile(f"^{place}")).click()


def card(page: Page, words: str) -> Locator:
    """The one card of a page in which these words stand."""
    return page.locator(".card").filter(has_text=words)


def is_told(page: Page, words: str) -> None:
    """The page's own word on what was just done."""
    expect(page.locator(".messages")).to_contain_text(words)


def who_sees(page: Page) -> str:
    """What the head of the page says about who sees it."""
    return page.locator(".bar p").inner_text()


def a_photo() -> FilePayload:
    file = BytesIO()
    Image.new("RGB", (1200, 900), "tomato").save(file, "JPEG")
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


# --- Coming in ------------------------------------------------------------------------


def sign_up(page: Page, name: str, phone: str) -> None:
    """Make an account by phone, from the page for it."""
    page.get_by_label("What do your friends call you?").fill(name)
    page.get_by_label("Phone number").fill(phone)
    tap(page, "Send me a code")
    page.get_by_label("The code that we sent").fill(_read_message(page))
    tap(page, "Go on")


def _read_message(page: Page) -> str:
    """The code in the message, which a demonstration shows on the page."""
    found = re.search(r"\b\d{6}\b", page.get_by_text("It says:").inner_text())
    assert found, page.url
    return found.group()


def kith_name(page: Page) -> str:
    go(page, "Me")
    found = re.search(r"@(\w+)", page.locator("main").inner_text())
    assert found
    return found.group(1)


def open_my_circles(page: Page) -> None:
    """Read what it means, agree, open."""
    page.goto("/privacy/open/")
    expect(page.get_by_role("heading", name="Nobody ever sees")).to_be_visible()
    page.get_by_label("I have read this and want to open my circles.").check()
    tap(page, "Open my circles")


def close_my_circles(page: Page) -> None:
    """Take back what was agreed to."""
    go(page, "Me")
    page.get_by_role("link", name="What I show, and to whom").click()
    page.get_by_role("link", name=re.compile("^Close my circles")).click()
    tap(page, "Close my circles")


def want_to_be_asked(page: Page) -> None:
    """Ask to be asked, each time that something has arrived."""
    page.goto("/privacy/sharing/")
    page.get_by_label("Ask me each time, when the thing has arrived.").check()
    tap(page, "Save")


# --- People -----------------------------------------------------------------------------


def make_circle(page: Page, name: str) -> None:
    page.goto("/circles/new/")
    page.get_by_label("Name of the circle").fill(name)
    tap(page, "Make the circle")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def put_into_circle(page: Page, circle: str, *people: str) -> None:
    page.goto("/circles/")
    page.get_by_role("link", name=re.compile(f"^{circle}")).click()
    tap(page, "Choose who is in it")
    for name in people:
        page.get_by_label(name).check()
    tap(page, "Save")


def make_invitation(page: Page) -> str:
    """Make a link to send to somebody."""
    page.goto("/friends/invitations/")
    tap(page, "Make a link and a code")
    expect(page.locator(".qr img")).to_be_visible()
    return page.get_by_role("link", name=re.compile("^http")).inner_text()


def ask_to_be_friends(page: Page, word: str) -> None:
    """Answer an invitation, or ask somebody who was found: both have the same form."""
    page.get_by_label("A word to them").fill(word)
    tap(page, "Ask to be friends")
    is_told(page, "Now it is their turn.")


def find_person(page: Page, handle: str) -> None:
    page.goto("/friends/find/")
    page.get_by_label("Their Kith name or phone number").fill(handle)
    tap(page, "Look")


def accept_friend(page: Page, name: str, *, into: str = "", into_new: str = "") -> None:
    """Read the notice of somebody's request, and put them into a circle."""
    go(page, "Notices")
    page.get_by_role("link", name=re.compile(f"{name} would like to be your friend")).click()
    tap(card(page, name), "Accept")
    if into:
        page.get_by_label(into, exact=True).check()
    if into_new:
        page.get_by_label("Or make a new circle for them").fill(into_new)
    tap(page, "Become friends")


# --- The shop ---------------------------------------------------------------------------


def open_listing(page: Page, listing: Listing) -> None:
    page.goto(f"/shop/listings/{write_id(listing.pk)}/")
    expect(page.get_by_role("heading", name=listing.title)).to_be_visible()


def find_in_shop(page: Page, words: str, title: str) -> None:
    """Search for it and open it."""
    go(page, "Shop")
    page.get_by_role("searchbox").fill(words)
    tap(page, "Search")
    page.locator("#found").get_by_role("link", name=re.compile(re.escape(title))).click()


def buy(page: Page, *, recipient: str, street: str) -> None:
    """Buy what the page shows, to be paid on delivery."""
    tap(page, "Buy")
    page.get_by_label("Who receives it?").fill(recipient)
    page.get_by_label("Phone number").fill("139 3120 0000")
    choose_place(page, "Hebei", "Baoding")
    page.get_by_label("District, street, house and flat").fill(street)
    tap(page, "Go on")
    expect(page.get_by_text("Nobody but you and the shop sees this.")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Order, and pay")).click()
    is_told(page, "It is ordered. You pay when it is handed to you.")


def choose_place(page: Page, province: str, city: str) -> None:
    """Choose a province; its cities come by themselves, or by the button for who has no script."""
    page.get_by_label("Province").select_option(province)
    page.wait_for_load_state()  # until its styles are there, the button shows to everybody
    show = page.get_by_role("button", name="Show its cities")
    if show.is_visible():
        show.click()
    page.get_by_label("City").select_option(city)


def send_and_hand_over(page: Page, title: str) -> None:
    """What the merchant does, from the shop's front page on."""
    go(page, "Shop")
    page.get_by_role("link", name=re.compile("The desk of my shop")).click()
    tap(card(page, title), "I have sent it")
    is_told(page, "It is on its way.")
    page.get_by_role("link", name=re.compile("^On the way")).click()
    tap(card(page, title), "I have handed it over")
    is_told(page, "It was handed over.")


# --- Showing and talking ----------------------------------------------------------------


def choose_circles(page: Page, *names: str) -> None:
    """Tick these circles and no others."""
    boxes = page.get_by_role("group", name="Who may see it?").get_by_role("checkbox")
    for box in boxes.all():
        box.uncheck()
    for name in names:
        page.get_by_label(re.compile(f"^{name} ·")).check()


def show_what_came(page: Page, title: str, words: str, *circles: str) -> None:
    """Answer the feed's question whether one's circles shall know."""
    go(page, "Circle")
    tap(card(page, f"“{title}” has come. Shall your circles know?"), "Show it")
    page.get_by_label("A few words with it, if you like").fill(words)
    choose_circles(page, *circles)
    tap(page, "Show it")
    is_told(page, "It is shown.")


def ask_circles(page: Page, words: str, *circles: str) -> None:
    """Ask one's circles something, from the feed."""
    go(page, "Circle")
    tap(page, "Ask your circles …")
    page.get_by_label("What would you like to know?").fill(words)
    choose_circles(page, *circles)
    tap(page, "Send")
    is_told(page, "It is shown.")


def review_for_everyone(page: Page, stars: int, words: str, photo: FilePayload) -> None:
    """Review what the page shows, with a photo, to everyone who looks at it."""
    tap(page, "Write a review")
    page.get_by_role("radio", name=re.compile(f"^{stars} star")).check()
    page.get_by_label("What do you think of it?").fill(words)
    page.get_by_label("Photos", exact=True).set_input_files([photo])
    choose_circles(page)
    page.get_by_label("Everyone who looks at this listing").check()
    tap(page, "Show it")
    is_told(page, "It is shown.")


def say(page: Page, box: str, words: str) -> None:
    """Write under what somebody shows, and see it stand there."""
    page.get_by_label(box).fill(words)
    tap(page.locator("#talk"), "Send")
    expect(page.locator(".comment").filter(has_text=words)).to_be_visible()
    expect(page.get_by_label(box)).to_have_value("")


def follow_notice(page: Page, words: str) -> None:
    """See on the next page that there is a new notice, read it, and go where it leads."""
    page.reload()
    places = page.get_by_role("navigation", name="Kith")
    expect(places.get_by_role("link", name=re.compile(r"^Notices.*new"))).to_be_visible()
    go(page, "Notices")
    page.get_by_role("link", name=re.compile(words)).click()


def see_mine_as(page: Page, name: str) -> None:
    """Look at what one shows with a friend's eyes."""
    page.goto("/circle/mine/")
    tap(page, "See it as a friend does")
    page.get_by_role("link", name=re.compile(f"^{name}")).click()
    expect(page.get_by_text(f"You see this as {name} does")).to_be_visible()
