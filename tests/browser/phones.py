"""Telephones: Debian's Chromium at 390 × 844, watched for everything that a page must not do."""

from __future__ import annotations

from collections.abc import Collection

from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Request, Response, Route, expect

from kith.people.models import Person

WIDTH, HEIGHT = 390, 844
PATIENCE = 40_000
"""Milliseconds. What never comes is wrong; what comes late is a busy machine, on which others work."""
QUIET = [
    "--headless=new",
    "--no-sandbox",  # it runs as root in CI, and sees nothing but our own pages
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
]


def launch(playwright: Playwright, chromium: str) -> Browser:
    expect.set_options(timeout=PATIENCE)
    return playwright.chromium.launch(executable_path=chromium, args=QUIET)


class Phones:
    """Hands out telephones, each a browser of its own, and keeps what they complained of.

    A complaint is an error in the console (a script that failed, something that the security policy
    forbade), a request to anywhere but our server, a file that was not there, an answer of 500.
    """

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.complaints: list[str] = []
        self._contexts: list[BrowserContext] = []

    def open(
        self,
        *,
        owner: Person | None = None,
        language: str = "en",
        javascript: bool = True,
        dark: bool = False,
        scale: float = 1,
        expects: Collection[int] = (),
    ) -> Page:
        """Open a browser; with `owner`, signed in as them. A page's language is then its owner's.

        :param expects: answers that are no complaint on this telephone.
        """
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": WIDTH, "height": HEIGHT},
            locale=language,
            timezone_id="Asia/Shanghai",
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            device_scale_factor=scale,
            has_touch=True,
        )
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.route(lambda url: not url.startswith(self.address), self._refuse)
        context.on("response", lambda answer: self._judge(answer, expects))
        context.on("requestfailed", self._note_failure)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("console", lambda said: self._listen(said.type, said.text))
        if owner is not None:
            sign_in(context, owner, self.address)
        return context.new_page()

    def put_away(self) -> None:
        for context in self._contexts:
            context.close()
        self._contexts.clear()

    def _refuse(self, route: Route) -> None:
        """Nothing on a page may lie anywhere but with us."""
        self.complaints.append(f"asked for {route.request.url}")
        route.abort()

    def _listen(self, kind: str, text: str) -> None:
        # That an answer was no 200 is judged below, where it is known of what.
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.complaints.append(f"console: {text}")

    def _judge(self, response: Response, expects: Collection[int]) -> None:
        is_page = response.request.resource_type == "document"
        if response.status >= (500 if is_page else 400) and response.status not in expects:
            self.complaints.append(f"{response.status} for {response.url}")

    def _note_failure(self, request: Request) -> None:
        # A page that is left takes its unfinished requests with it.
        if request.failure not in ("net::ERR_ABORTED", "net::ERR_FAILED"):
            self.complaints.append(f"{request.failure} for {request.url}")


def sign_in(context: BrowserContext, person: Person, address: str) -> None:
    """Give a browser the session that signing in would give it."""
    client = Client()
    client.force_login(person)
    name = "sessionid"
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])
