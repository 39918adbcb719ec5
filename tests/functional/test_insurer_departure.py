"""An insurer that leaves the registry: its insured learn of it once, and may choose another at once (I1, H1)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.insurer_departure import InsurerDeparture
from chalicelib.use_cases import tell_departure as telling
from infra.local.registry_sample import sample_rows, xml_file
from tests.corrections import person_id as person_id_of
from tests.journeys import FIRST_INSURER, INSURER_CHANGE, asked_to_sign, insured, prepared, problem
from tests.registry import report_of, taken_in

if TYPE_CHECKING:
    from tests.world import World

KIND = "insurer_leaves"


def registry(code: str, ends: str) -> bytes:
    """The demonstration's registry in which one insurer is excluded from a day."""
    rows = sample_rows()
    left = next(row for row in rows if row["SMOCOD"] == code)
    left["INSINCLUDE"] = [left["INSINCLUDE"][0] | {"D_END": ends, "NAME_E": "5", "NAL_P": "1"}]
    left["D_EDIT"] = "2026-03-16"
    return xml_file(rows)


def orders(world: World) -> list[dict[str, Any]]:
    """Notifications of departures that were handed to their Lambda."""
    bodies = [json.loads(body)["body"] for queue, body in world.delivered if queue == "notifications"]
    return [body for body in bodies if body["kind"] == KIND]


def test_those_insured_learn_of_it_and_the_window_to_change_opens(world: World) -> None:
    taken_in(world, xml_file(sample_rows()))
    insured(world)
    early = prepared(world, kind=INSURER_CHANGE, reason="insurer_left")
    problem(asked_to_sign(world, early), 422, "rule_refused")
    before = len(world.tools.email.sent)

    job = taken_in(world, registry(FIRST_INSURER, "2026-03-16"))

    assert (job["counts"]["excluded"], job["counts"]["unchanged"]) == (1, job["rows_total"] - 1)
    assert next(row for row in report_of(world, job) if row["outcome"] == "excluded")["code"] == FIRST_INSURER
    (message,) = [m for m in world.ok("GET", "/v1/me/messages")["items"] if m["kind"] == KIND]
    assert "16 марта 2026" in message["text"]
    assert "16 мая 2026" in message["text"]
    assert "/cabinet/applications/new?kind=insurer_change" in message["text"]
    assert len(world.tools.email.sent) == before + 1
    assert "16.03.2026" in world.tools.sms.sent[-1].text
    assert asked_to_sign(world, early).is_success  # the reason fits from now on

    taken_in(world, registry(FIRST_INSURER, "2026-03-16"))

    assert len(orders(world)) == 1
    body = orders(world)[0]
    assert body.keys() == {"kind", "person_id"} | {
        f"context.{n}" for n in ("insurer_code", "leaves_on", "choose_until")
    }


def test_those_who_were_told_learn_that_it_stays_after_all_once(world: World) -> None:
    taken_in(world, xml_file(sample_rows()))
    insured(world)
    taken_in(world, registry(FIRST_INSURER, "2026-04-20"))
    early = prepared(world, kind=INSURER_CHANGE, reason="insurer_left")

    job = taken_in(world, xml_file(sample_rows()))

    assert (job["counts"]["changed"], job["counts"]["excluded"]) == (1, 0)
    newest, earlier, *_ = world.ok("GET", "/v1/me/messages")["items"]
    assert (newest["kind"], earlier["kind"]) == ("insurer_stays", KIND)
    assert "20 апреля 2026 года. Запись в реестре исправлена" in newest["text"]
    assert "20.04.2026" in world.tools.sms.sent[-1].text
    problem(asked_to_sign(world, early), 422, "rule_refused")
    sent = len(world.tools.sms.sent)
    taken_in(world, xml_file(sample_rows()))
    assert len(world.tools.sms.sent) == sent

    taken_in(world, registry(FIRST_INSURER, "2026-04-20"))
    assert [m["kind"] for m in world.ok("GET", "/v1/me/messages")["items"]][:2] == [KIND, "insurer_stays"]


def test_nobody_is_told_that_it_stays_if_it_leaves_again_meanwhile(world: World) -> None:
    taken_in(world, xml_file(sample_rows()))
    insured(world)
    taken_in(world, registry(FIRST_INSURER, "2026-04-20"))
    taken_in(world, xml_file(sample_rows()), settle=False)
    taken_in(world, registry(FIRST_INSURER, "2026-05-20"))
    kinds = [m["kind"] for m in world.ok("GET", "/v1/me/messages")["items"]]
    assert kinds.count(KIND) == 2
    assert "insurer_stays" not in kinds


@pytest.fixture
def crowd(world: World) -> list[str]:
    """Whom messages reach of six policies: one person acts for two; and one policy of another insurer."""
    insured(world)
    (policy,) = world.tools.store.person_file(person_id=person_id_of(world)).policies
    people = [f"person{number:020d}" for number in range(5)]
    work = world.tools.store.work(at=world.tools.at)
    for number, person_id in enumerate(people):
        told_id = people[-1] if number == 0 else ""
        work.create(replace(policy, policy_id=f"p{number}", person_id=person_id, account_id=told_id))
    work.create(replace(policy, policy_id="gone", person_id="x" * 26, periods=(_elsewhere(policy.periods[0]),)))
    work.commit()
    return [*people[1:], person_id_of(world)]


def _elsewhere(period: Any) -> Any:
    return replace(period, insurer_code="77004")


def test_pages_tell_everyone_once_whatever_is_delivered_twice(
    world: World, crowd: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "PAGE", 2)

    taken_in(world, registry(FIRST_INSURER, "2026-03-16"), settle=False)
    for _ in range(40):
        before = len(world.delivered)
        world.drain(rounds=1, queues=("outbox_relay", "exchange"))
        for queue, body in world.delivered[before:]:
            if queue == "exchange":
                world.invoke(queue, body)  # each step comes twice
        if len(world.delivered) == before:
            break
    world.settle()

    assert Counter(body["person_id"] for body in orders(world)) == Counter(crowd)
    departure = world.tools.store.insurer_departure(insurer_code=FIRST_INSURER, leaves_on=world.tools.at.date())
    assert departure is not None
    assert (departure.told, departure.done_at is not None) == (len(crowd), True)


def test_a_departure_that_is_withdrawn_meanwhile_is_told_to_nobody_more(world: World, crowd: list[str]) -> None:
    taken_in(world, registry(FIRST_INSURER, "2026-04-01"), settle=False)
    taken_in(world, xml_file(sample_rows()))

    assert orders(world) == []
    assert crowd
    assert (
        telling.tell_departure(
            tools=world.tools, insurer_code="77777", leaves_on=world.tools.at.date(), page=0, at=world.tools.at
        )
        is None
    )


def test_of_an_insurer_that_is_not_kept_nobody_is_told(world: World) -> None:
    day = world.tools.at.date()
    work = world.tools.store.work(at=world.tools.at)
    work.put(InsurerDeparture(insurer_code="77777", leaves_on=day, known_at=world.tools.at))
    work.commit()

    found = telling.tell_departure(tools=world.tools, insurer_code="77777", leaves_on=day, page=0, at=world.tools.at)

    assert found is not None
    assert (found.told, found.done_at) == (0, world.tools.at)


def test_a_step_that_nobody_sent_goes_to_the_dead_letters(world: World) -> None:
    for body in (
        {"step": "unknown"},
        {"step": "departure", "insurer_code": "77012", "leaves_on": "someday", "page": "0"},
        {"step": "departure", "insurer_code": "77012", "leaves_on": "2026-04-01", "page": "x"},
        {"import_id": "1"},
    ):
        with pytest.raises(Exception, match=r"no "):
            world.invoke("exchange", json.dumps({"id": "1", "at": "", "body": body}))
    with pytest.raises(Exception, match="event of S3"):
        world.invoke("exchange", json.dumps({"Records": [{}]}))
    world.invoke("exchange", json.dumps({"Event": "s3:TestEvent"}))
    world.invoke("exchange", world.arrived("exchange/unknown/1", b"x"))
    world.invoke("exchange", world.arrived("exchange/registry/01KKTXZ8M0J77M3GB40726KZTJ", b"x"))
