"""What merchants and the shop's staff do about quality, named as they would say it."""

from __future__ import annotations

import re

from playwright.sync_api import FilePayload, Page, expect

from tests.browser import deeds

PAPER: FilePayload = {
    "name": "report.pdf", "mimeType": "application/pdf",
    "buffer": b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
}  # fmt: skip
LABORATORY = "Hebei Textile Testing Centre"

# --- The merchant ---------------------------------------------------------------------------


def open_quality(page: Page, tab: str) -> None:
    """Go to one of the three pages about standards, from the desk on."""
    page.goto("/desk/")
    page.get_by_role("link", name=re.compile("^Standards")).click()
    page.get_by_role("link", name=re.compile(f"^{tab}")).first.click()


def write_report(page: Page, listing: str, *, number: str, batch: str, tested_on: str, salt: str) -> None:
    """Fill in what a report by GB 2626-2019 says, from where its standard is asked for."""
    page.get_by_role("link", name=re.compile("GB 2626-2019")).click()
    for label, words in (
        ("Laboratory", LABORATORY), ("Number of the report", number), ("Sample", "KN95, box of 30"),
        ("Batch", batch), ("Tested on", tested_on), ("Measured: filtration of salt particles, in %", salt),
    ):  # fmt: skip
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_label("Class that it was tested for").select_option("KN95")
    page.get_by_label(listing).check()
    page.get_by_label("The report itself").set_input_files(PAPER)
    deeds.tap(page, "Hand it in")
    deeds.is_told(page, "Handed in.")


def appeal(page: Page, listing: str, words: str, **report: str) -> None:
    """Read what was decided, hand in a new report, and appeal with it."""
    open_quality(page, "Decisions")
    page.get_by_role("link", name=re.compile(re.escape(listing))).click()
    expect(page.locator("main")).to_contain_text("A program decided it, by fixed rules.")
    deeds.tap(page, "Hand in a new report first")
    write_report(page, listing, **report)
    page.get_by_label("Why is the decision wrong?").fill(words)
    deeds.tap(page, "Send the appeal")
    deeds.is_told(page, "Your appeal was sent.")


# --- The staff ------------------------------------------------------------------------------


def open_staff(page: Page, place: str) -> None:
    """Go to one of the staff's pages about quality."""
    page.goto("/staff/quality/sweep/")
    page.get_by_role("navigation", name="Quality").get_by_role("link", name=re.compile(f"^{place}")).click()


def verify_report(page: Page, number: str) -> None:
    open_staff(page, "Reports")
    page.get_by_role("link", name=re.compile(re.escape(number))).click()
    page.get_by_role("group", name="It is about").get_by_role("checkbox").check()
    deeds.tap(page, "Verify it")
    expect(page.locator("body")).to_contain_text("The report is verified.")


def begin_sweep(page: Page) -> str:
    """Begin the first sweep, of what names GB 2626-2019; return the address of its page."""
    open_staff(page, "Sweeps")
    page.get_by_label("Standard", exact=True).select_option("GB 2626-2019")
    deeds.tap(page, "Begin")
    expect(page.get_by_role("status")).to_contain_text("Planned: the worker begins with it within a minute.")
    return page.url


def look_at_a_sample(page: Page, listing: str, says: str) -> None:
    """Draw a sample, and find that what was found is right."""
    deeds.tap(page, "Draw a sample")
    deeds.tap(page, "Draw a sample")
    page.get_by_role("link", name=listing).click()
    expect(page.locator("body")).to_contain_text(says)
    page.get_by_role("button", name=re.compile("Right")).click()
    expect(page.locator("body")).to_contain_text("1 of 1 are looked at, 1 are right.")


def have_it_carried_out(page: Page, why: str) -> None:
    deeds.tap(page, "Carry it out")
    page.get_by_label("Why", exact=True).fill(why)
    deeds.tap(page, "Carry it out")
    expect(page.locator("body")).to_contain_text("The worker carries it out.")


def open_appeal(page: Page, listing: str) -> None:
    open_staff(page, "Appeals")
    page.get_by_role("link", name=re.compile(re.escape(listing))).click()


def take_the_decision_back(page: Page, reasons: str) -> None:
    page.get_by_label("Reasons", exact=True).fill(reasons)
    deeds.tap(page, "Take the decision back")
    expect(page.locator("body")).to_contain_text("The decision is taken back.")
