"""A browser without a screen: it keeps cookies, signs in through the issuer, and sends the forms that pages draw."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import urllib3

if TYPE_CHECKING:
    import httpx

    from tests.world import World

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BASE = "https://polis.example.org"


class Visitor:
    """One browser with its cookies."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cookies: dict[str, str] = {}

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send one request with the cookies held and keep those that come."""
        held = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {**({"Cookie": held} if held else {}), **options.pop("headers", {})}
        answer = self.world.call(method, path, person=None, headers=headers, **options)
        for line in answer.headers.get_list("set-cookie"):
            name, _, rest = line.partition("=")
            value, _, attributes = rest.partition(";")
            self.cookies[name] = value
            if "Max-Age=0" in attributes:
                del self.cookies[name]
        return answer

    def open(self, path: str, **options: Any) -> httpx.Response:
        """Open a page that must be there."""
        answer = self.call("GET", path, **options)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
        return answer

    def send(self, path: str, fields: dict[str, str], *, seen: httpx.Response, **options: Any) -> httpx.Response:
        """Send a form with what the page that drew it hides in it."""
        found = dict(re.findall(r'<input type="hidden" name="([\w.]+)" value="([^"]*)"', seen.text))
        hidden = {name: unescape(value) for name, value in found.items()}
        return self.post(path, {**hidden, **fields}, **options)

    def post(self, path: str, fields: dict[str, str], **options: Any) -> httpx.Response:
        """Send a form as it is."""
        headers = {**FORM, **options.pop("headers", {})}
        return self.call("POST", path, content=urlencode(fields), headers=headers, **options)

    def begin(self, *, to: str = "/cabinet") -> dict[str, str]:
        """Ask to sign in; returns what the issuer is asked."""
        answer = self.call("GET", f"/sign-in?{urlencode({'return': to})}")
        assert answer.status_code == 303, answer.text
        asked = parse_qs(urlsplit(answer.headers["location"]).query)
        return {name: values[0] for name, values in asked.items()}

    def sign_in(self, person: str, *, to: str = "/cabinet") -> httpx.Response:
        """Sign in through the issuer; returns the answer to the browser's way back."""
        return self.call("GET", self.way_back(person, self.begin(to=to)))

    def way_back(self, person: str, asked: dict[str, str]) -> str:
        """Where the issuer sends the browser once a person is chosen."""
        body = urlencode({**asked, "person": person})
        chosen = urllib3.request("POST", f"{self.world.issuer}/authorize", body=body, headers=FORM, redirect=False)
        parts = urlsplit(chosen.headers["location"])
        return f"{parts.path}?{parts.query}"
