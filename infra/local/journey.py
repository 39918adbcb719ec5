"""The main journey as a client of the service walks it over HTTP; the demonstration and the rehearsal share it."""

from __future__ import annotations

import io
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx

TIMEOUT = 30.0
"""Seconds for an answer: the gateway gives a handler 29."""

PATIENCE = 60.0
"""Seconds within which a queue must have done its work."""

# Reading the certificates of all authorities takes longer than a request: once for all clients.
_trust = cache(httpx.create_ssl_context)

Report = Callable[[str, float], None]


class JourneyFailed(Exception):
    """A step did not end as it should have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Where the parts of a running stack are."""

    api: str
    identity: str
    registers: str
    cloud: str
    texts: str = ""


@dataclass
class Journey:
    """Steps that each check their outcome; ``waited`` counts the seconds spent waiting for queues."""

    at: Endpoints
    report: Report
    waited: float = 0.0
    steps: list[dict[str, Any]] = field(default_factory=list)
    _tokens: dict[str, str] = field(default_factory=dict)
    _http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=TIMEOUT, verify=_trust()))
    _began: float = field(default_factory=time.perf_counter)

    def step(self, title: str, **facts: object) -> None:
        """Report a step that has just ended, with what it gave."""
        now = time.perf_counter()
        ms = (now - self._began) * 1000
        self._began = now
        self.steps.append({"step": title, "ms": round(ms, 1), **facts})
        self.report(title, ms)

    def expect(self, condition: object, what: str) -> None:
        """Fail the journey unless the condition holds."""
        if not condition:
            raise JourneyFailed(what)

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def add_person(self, key: str, claims: Mapping[str, Any]) -> None:
        """Let the identity provider know another person."""
        answer = self._http.post(f"{self.at.identity}/control/persons", json={"key": key, "claims": dict(claims)})
        self.expect(answer.is_success, f"adding {key}: {answer.status_code} {answer.text[:200]}")

    def sign_in(self, person: str) -> None:
        """Get a token of a demonstration person."""
        data = {"grant_type": "urn:polis:demonstration", "person": person}
        answer = self._http.post(f"{self.at.identity}/token", data=data)
        self.expect(answer.is_success, f"sign-in of {person}: {answer.status_code}")
        self._tokens[person] = answer.json()["access_token"]

    def call(self, method: str, path: str, *, person: str | None = None, **options: Any) -> httpx.Response:
        """Send one request."""
        headers = dict(options.pop("headers", {}))
        if person is not None:
            headers["Authorization"] = f"Bearer {self._tokens[person]}"
        return self._http.request(method, f"{self.at.api}{path}", headers=headers, **options)

    def ok(self, method: str, path: str, *, person: str | None = None, **options: Any) -> Any:
        """Send a request that must succeed; returns its JSON."""
        answer = self.call(method, path, person=person, **options)
        if not answer.is_success:
            raise JourneyFailed(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else None

    def text(self, method: str, path: str, **options: Any) -> str:
        """Send a request that must succeed; returns its text."""
        answer = self.call(method, path, **options)
        if not answer.is_success:
            raise JourneyFailed(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.text

    def refused(self, status: int, method: str, path: str, **options: Any) -> Any:
        """Send a request that must be refused with a status; returns the problem."""
        answer = self.call(method, path, **options)
        self.expect(answer.status_code == status, f"{method} {path}: {answer.status_code}, not {status}")
        return answer.json()

    def wait(self, what: str, look: Callable[[], Any]) -> Any:
        """Look again and again until something is there."""
        began = time.perf_counter()
        while time.perf_counter() - began < PATIENCE:
            found = look()
            if found:
                self.waited += time.perf_counter() - began
                return found
            time.sleep(0.1)
        raise JourneyFailed(f"waited {PATIENCE:.0f} s for {what}")

    def registers(self, **behaviour: object) -> None:
        """Tell the registers' simulator how to behave; without arguments, normally."""
        url = f"{self.at.registers}/control/behaviours"
        answer = self._http.post(url, json=behaviour) if behaviour else self._http.delete(url)
        self.expect(answer.is_success, f"registers' simulator: {answer.status_code}")

    def sent_sms(self, phone: str | None = None) -> list[dict[str, Any]]:
        """Every SMS sent so far, oldest first; those to one phone if it is given."""
        only = {} if phone is None else {"phoneNumber": phone}
        answer = self._http.get(f"{self.at.cloud}/_ministack/sns/sms-messages", params=only).json()
        return _messages(answer)

    def sent_mail(self) -> list[dict[str, Any]]:
        """Every e-mail sent so far."""
        answer = self._http.get(f"{self.at.cloud}/_ministack/ses/messages").json()
        return _messages(answer)

    def code(self, known: set[str], *, phone: str) -> str:
        """Wait for an SMS to a phone with a code that is not among the known messages, and read it."""

        def look() -> str | None:
            texts = [m["Message"] for m in self.sent_sms(phone) if m["MessageId"] not in known]
            codes = [code for text in texts for code in re.findall(r"код подписи (\d{6})", text)]
            return codes[-1] if codes else None

        return str(self.wait("the SMS with the code", look))

    # ---- what a person does -----------------------------------------------------------------

    def consent(self, person: str) -> None:
        """Read the consent and give it."""
        version = self.ok("GET", "/v1/consent-text")["version"]
        self.ok("POST", "/v1/me/consents", person=person, json={"version": version})

    def hear_at_night(self, person: str) -> None:
        """Want SMS at any hour: a walk at night would wait for the morning."""
        self.ok("PATCH", "/v1/me", person=person, json={"quiet_hours": {"is_on": False}})

    def draft(self, person: str, kind: str, insurer: Mapping[str, str]) -> str:
        """Create a draft, choose the insurer and check every field; returns its id."""
        draft = self.ok("POST", "/v1/applications", person=person, json={"kind": kind})
        self.expect(draft["form"]["person"]["family_name"], "the draft is not prefilled")
        path = f"/v1/applications/{draft['id']}"
        saved = self.ok("PATCH", path, person=person, json={"insurer": dict(insurer)})
        self.expect(not saved["errors"], f"mistakes in the form: {saved['errors']}")
        return str(draft["id"])

    def order_upload(self, person: str, application_id: str, media_type: str) -> Any:
        """Get the presigned form for one scan of the identity document."""
        order = {"document": "identity_document", "media_type": media_type}
        return self.ok("POST", f"/v1/applications/{application_id}/scans", person=person, json=order)

    def store(self, form: Any, data: bytes, **changed: str) -> httpx.Response:
        """Send a file with a presigned form, some fields of which may be changed."""
        fields = {**form["fields"], **changed}
        return self._http.post(form["url"], data=fields, files={"file": ("scan", data)})

    def fetch(self, url: str) -> httpx.Response:
        """Open a link that the service gave."""
        answer = self._http.get(url)
        self.expect(answer.is_success, f"link: {answer.status_code}")
        return answer

    def upload(self, person: str, application_id: str, data: bytes, media_type: str) -> Any:
        """Upload a scan by the presigned form and wait for its check."""
        ordered = self.order_upload(person, application_id, media_type)
        answer = self.store(ordered["upload"], data)
        self.expect(answer.is_success, f"upload: {answer.status_code} {answer.text[:300]}")
        path = f"/v1/applications/{application_id}/scans/{ordered['scan']['id']}"

        def look() -> Any:
            scan = self.ok("GET", path, person=person)
            return scan if scan["state"] != "awaiting_upload" else None

        return self.wait("the check of the scan", look)

    def signing_code(self, person: str, application_id: str) -> str:
        """Ask for the code that signs and read it from the person's SMS."""
        phone = self.ok("GET", "/v1/me", person=person)["phone"]["value"]
        known = {message["MessageId"] for message in self.sent_sms(phone)}
        self.ok("POST", f"/v1/applications/{application_id}/signing-codes", person=person)
        return self.code(known, phone=phone)

    def submit(self, person: str, application_id: str, code: str, *, key: str) -> httpx.Response:
        """Send the code; the answer may be a refusal."""
        path, headers = f"/v1/applications/{application_id}/submission", {"Idempotency-Key": key}
        return self.call("POST", path, person=person, json={"code": code}, headers=headers)

    def sign_and_submit(self, person: str, application_id: str, *, key: str) -> Any:
        """Ask for the code, read it and submit; sending the same request again changes nothing."""
        code = self.signing_code(person, application_id)
        answers = [self.submit(person, application_id, code, key=key) for _ in range(2)]
        for answer in answers:
            self.expect(answer.is_success, f"submission: {answer.status_code} {answer.text[:300]}")
        first, again = (answer.json() for answer in answers)
        self.expect(first["number"] == again["number"], "a repeated submission made another number")
        return first

    def application(self, person: str, application_id: str, until: Callable[[Any], object]) -> Any:
        """Wait until an application is as it should be."""

        def look() -> Any:
            found = self.ok("GET", f"/v1/applications/{application_id}", person=person)
            return found if until(found) else None

        return self.wait("the application to move on", look)

    def document(self, person: str, document_type: str, application_id: str) -> tuple[Any, bytes]:
        """Wait for a document of an application and download it."""

        def look() -> Any:
            documents = self.ok("GET", "/v1/me/insurance", person=person)["documents"]
            wanted = (document_type, application_id)
            ready = [d for d in documents if (d["document_type"], d["application_id"]) == wanted and d["is_ready"]]
            return ready[-1] if ready else None

        found = self.wait(f"the document {document_type}", look)
        link = self.ok("GET", f"/v1/me/documents/{found['id']}/link", person=person)
        pdf = self.fetch(link["url"])
        self.expect(pdf.content.startswith(b"%PDF"), f"{document_type} is not a PDF")
        return found, pdf.content


def _messages(answer: Any) -> list[dict[str, Any]]:
    """Gather the messages, which the emulator sorts by recipient or account."""
    if isinstance(answer, list):
        return [message for part in answer for message in _messages(part)]
    if not isinstance(answer, dict):
        return []
    if "MessageId" in answer:
        return [answer]
    return [message for part in answer.values() for message in _messages(part)]


def passport_photo() -> bytes:
    """Draw something like a photographed page, as JPEG."""
    from PIL import Image, ImageDraw, ImageFont

    chance = random.Random(7)  # noqa: S311 — a picture, not a secret
    image = Image.new("RGB", (1240, 1754), (247, 244, 236))
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(30)
    for top in range(140, 1600, 48):
        line = " ".join(chance.choice(("PASSPORT", "RUS", "0020", "900001", "PRIMER", "MOSKVA")) for _ in range(7))
        draw.text((110, top), line, font=font, fill=(40, 36, 60))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()
