"""Where webhooks may go, how they are signed, and what they say (M3)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.application import ApplicantCategory, Application, ApplicationKind
from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.policy import InsurerPeriod, Policy, PolicyState
from chalicelib.domain.webhook import HookSubscription, body_of, rotate
from chalicelib.domain.webhook_address import is_public, parse_address
from chalicelib.domain.webhook_events import (
    KIND_TITLES,
    TOLD,
    CaseEvent,
    EventKind,
    FeedEvent,
    OrganisationKind,
    events_of,
    kinds_of,
)
from chalicelib.domain.webhook_signature import TOLERANCE, derive_secret, is_signed, sign, signed_headers

AT = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)


class TestAddress:
    @pytest.mark.parametrize(
        "url",
        [
            "https://example.org",
            "https://hooks.insurer-1.example.org/polis/v1",
            "https://xn--80aesfpebagmfblc0a.xn--p1ai:8443/a_b~c.d-e/",
            "https://example.org:443/",
        ],
    )
    def test_takes_a_public_name_over_https(self, url: str) -> None:
        assert parse_address(url=url) == url

    @pytest.mark.parametrize(
        ("url", "reason"),
        [
            ("http://example.org/", "https_only"),
            ("ftp://example.org/", "https_only"),
            ("example.org/polis", "https_only"),
            ("https://127.0.0.1/", "public_name_only"),
            ("https://2130706433/", "public_name_only"),
            ("https://0x7f.1/", "public_name_only"),
            ("https://0177.0.0.1/", "public_name_only"),
            ("https://[::1]/", "public_name_only"),
            ("https://[::ffff:10.0.0.1]/", "public_name_only"),
            ("https://localhost/", "public_name_only"),
            ("https://db.internal/", "public_name_only"),
            ("https://printer.local/", "public_name_only"),
            ("https://metadata/", "public_name_only"),
            ("https://-a.example.org/", "public_name_only"),
            ("https://example.org./", "public_name_only"),
            ("https:///polis", "public_name_only"),
            ("https://user@example.org/", "plain_url_only"),
            ("https://user:word@example.org/", "plain_url_only"),
            ("https://example.org/?token=1", "plain_url_only"),
            ("https://example.org/#a", "plain_url_only"),
            ("https://example.org/a%0d%0ab", "plain_url_only"),
            ("https://example.org/a b", "plain_url_only"),
            ("https://example.org:22/", "port_not_allowed"),
            ("https://example.org:99999/", "invalid_url"),
            ("https://[::1/", "invalid_url"),
            ("https://пример.рф/", "invalid_url"),
            (f"https://example.org/{'a' * 500}", "invalid_url"),
        ],
    )
    def test_refuses_what_could_reach_a_neighbour_or_hold_a_secret(self, url: str, reason: str) -> None:
        with pytest.raises(InvalidValue) as refused:
            parse_address(url=url)
        assert refused.value.reason == reason

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
    def test_a_local_home_may_send_to_itself(self, host: str) -> None:
        url = f"http://{host}:9300/hooks"
        assert parse_address(url=url, is_local_home=True) == url
        with pytest.raises(InvalidValue):
            parse_address(url="http://10.0.0.1:9300/hooks", is_local_home=True)

    @pytest.mark.parametrize(
        "address", ["93.184.216.34", "2a02:6b8::2:242", "64:ff9b::5db8:d822", "::ffff:93.184.216.34"]
    )
    def test_knows_public_addresses(self, address: str) -> None:
        assert is_public(address)

    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",  # noqa: S104 — an address that is refused
            "224.0.0.1",
            "255.255.255.255",
            "198.51.100.1",
            "::",
            "::1",
            "fe80::1",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::7f00:1",
            "2002:7f00:1::",
            "2001:0:4136:e378:8000:63bf:f5ff:fffe",
            "not an address",
        ],
    )
    def test_knows_addresses_that_are_not(self, address: str) -> None:
        assert not is_public(address)


class TestSignature:
    def test_is_that_of_standard_webhooks(self) -> None:
        """The example that libraries of Standard Webhooks are tested with."""
        signature = sign(
            secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            event_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
            moment=1614265330,
            body=b'{"test": 2432232314}',
        )
        assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    def test_the_vectors_of_the_documentation_are_right(self) -> None:
        told = (Path(__file__).parents[3] / "docs/webhooks.md").read_text(encoding="utf-8")
        (body,) = re.findall(r"^\{.*\}$", told.partition("Test vectors")[2], re.MULTILINE)
        vectors = re.findall(r"^\| `(whsec_\S+)` \| `(v1,\S+)` \|$", told, re.MULTILINE)
        assert len(vectors) == 2
        event_id, moment = json.loads(body)["id"], 1773651605
        assert [sign(secret=s, event_id=event_id, moment=moment, body=body.encode()) for s, _ in vectors] == [
            signature for _, signature in vectors
        ]
        case = CaseEvent(
            organisation="insurer:77012",
            case="application:01KKTY2XT0FQ7QSV3SR3TC2WFV",
            place=7,
            kind=EventKind.APPLICATION_REFUSED,
            state="refused",
            at=AT,
        )
        assert body_of(FeedEvent(number=12, event=case)) == body.encode()

    def test_secrets_are_derived_and_each_generation_has_its_own(self) -> None:
        secret = derive_secret(secret=b"k", subscription_id="s", generation=1)
        assert base64.b64decode(secret.removeprefix("whsec_")) == hmac.digest(b"k", b"webhook:s:1", hashlib.sha256)
        others = [("t", 1), ("s", 2)]
        assert secret not in {derive_secret(secret=b"k", subscription_id=s, generation=g) for s, g in others}

    @given(body=st.binary(max_size=200), place=st.integers(0, 199), moment=st.integers(0, 4_000_000_000))
    def test_a_changed_body_or_moment_is_not_signed(self, body: bytes, place: int, moment: int) -> None:
        secret, at = "whsec_AAAA", datetime.fromtimestamp(moment, tz=UTC)
        headers = dict(signed_headers(secrets=[secret], event_id="e", at=at, body=body))
        assert is_signed(secret=secret, headers=headers, body=body, at=at)
        assert not is_signed(secret="whsec_AAAB", headers=headers, body=body, at=at)
        assert not is_signed(secret=secret, headers={**headers, "webhook-id": "f"}, body=body, at=at)
        earlier = {**headers, "webhook-timestamp": str(moment + 1)}
        assert not is_signed(secret=secret, headers=earlier, body=body, at=at)
        changed = bytearray(body + b"x")
        changed[place % len(changed)] ^= 1
        assert not is_signed(secret=secret, headers=headers, body=bytes(changed), at=at)

    def test_while_rotated_both_secrets_sign(self) -> None:
        headers = signed_headers(secrets=["whsec_AAAA", "whsec_BBBB"], event_id="e", at=AT, body=b"{}")
        assert all(is_signed(secret=one, headers=headers, body=b"{}", at=AT) for one in ("whsec_AAAA", "whsec_BBBB"))

    @pytest.mark.parametrize("away", [TOLERANCE + timedelta(seconds=1), -TOLERANCE - timedelta(seconds=1)])
    def test_a_recording_is_refused(self, away: timedelta) -> None:
        headers = signed_headers(secrets=["whsec_AAAA"], event_id="e", at=AT, body=b"{}")
        assert not is_signed(secret="whsec_AAAA", headers=headers, body=b"{}", at=AT + away)

    @pytest.mark.parametrize("moment", ["", "x", "-1", "²"])
    def test_what_is_no_moment_is_refused(self, moment: str) -> None:
        headers = {"webhook-id": "e", "webhook-timestamp": moment, "webhook-signature": "v1,AA=="}
        assert not is_signed(secret="whsec_AAAA", headers=headers, body=b"{}", at=AT)

    def test_two_generations_sign_until_the_former_ends(self) -> None:
        first = HookSubscription(
            subscription_id="s", organisation="insurer:77012", account_id="a", url="u", kinds=(), created_at=AT
        )
        second = rotate(first, at=AT)
        assert list(first.generations_at(AT)) == [1]
        assert list(second.generations_at(AT)) == [2, 1]
        assert list(second.generations_at(AT + timedelta(days=7))) == [2]
        assert list(rotate(second, at=AT, both_for=timedelta(0)).generations_at(AT)) == [3]
        assert first.person_id == "a"
        assert "url" not in repr(first)


class TestEvents:
    def test_says_ids_states_and_moments_only(self) -> None:
        event = CaseEvent(
            organisation="insurer:77012",
            case="application:01A",
            place=7,
            kind=EventKind.APPLICATION_REFUSED,
            state="refused",
            at=AT,
        )
        assert json.loads(body_of(FeedEvent(number=12, event=event))) == {
            "id": "application-01A-7",
            "type": "application.refused",
            "timestamp": "2026-03-16T09:00:00+00:00",
            "data": {
                "cursor": 12,
                "organisation": {"kind": "insurer", "code": "77012"},
                "case": {"kind": "application", "id": "01A", "place": 7},
                "state": "refused",
            },
        }

    def test_every_kind_has_a_title_is_told_and_is_of_one_sort_of_organisation(self) -> None:
        told = {kind for entries in TOLD.values() for kind in entries.values()}
        insurers, clinics = kinds_of(OrganisationKind.INSURER), kinds_of(OrganisationKind.CLINIC)
        assert set(KIND_TITLES) == set(EventKind) == told == {*insurers, *clinics}
        assert not set(insurers) & set(clinics)

    def test_nobody_is_told_of_a_draft_or_of_another_entry(self) -> None:
        draft = Application(
            application_id="a",
            person_id="p",
            account_id="c",
            kind=ApplicationKind.FIRST_POLICY,
            category=ApplicantCategory.CITIZEN_14_PLUS,
            state=ApplicationState.DRAFT,
            created_at=AT,
            updated_at=AT,
            form={"insurer": {"code": "77012"}},
        )
        sent = replace(draft, submitted_at=AT)
        assert _told(draft, "application_withdrawn") == []
        assert _told(sent, "application_withdrawn") == ["insurer:77012"]
        assert _told(sent, "application_viewed") == []
        assert _told(replace(sent, form={}), "application_withdrawn") == []
        assert events_of(entity=object(), entry="x", case="c", place=1, at=AT) == ()

    def test_both_insurers_are_told_of_a_change(self) -> None:
        periods = tuple(InsurerPeriod(insurer_code=code, insured_from=AT.date()) for code in ("1", "2", "3"))
        policy = Policy(
            policy_id="p",
            person_id="x",
            policy_number="1",
            state=PolicyState.ACTIVE,
            issued_on=AT.date(),
            issued_at=AT,
            valid_from=AT.date(),
            periods=periods,
            status_index=1,
        )
        assert _told(policy, "insurer_change_scheduled") == ["insurer:2", "insurer:3"]
        assert _told(replace(policy, periods=periods[:1] * 2), "policy_suspended") == ["insurer:1"]


def _told(entity: Application | object, entry: str) -> list[str]:
    found = events_of(entity=entity, entry=entry, case="c:1", place=1, at=AT)
    return [event.organisation for event in found]
