"""The simulator is worth something only if it finds bugs: each of these is planted, and found by some seed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.adapters.dynamodb.outbox import OutboxReads
from chalicelib.adapters.dynamodb.unit_of_work import DynamoDBUnitOfWork
from chalicelib.domain.decision import Outcome
from chalicelib.domain.dispatch import Dispatch
from chalicelib.domain.records import ActivePolicyMarker, IdempotencyRecord, LiveMarker
from chalicelib.domain.temporary_certificate import TemporaryCertificate
from chalicelib.events import outbox_relay
from chalicelib.use_cases import issue_policy, journal, relay_outbox
from chalicelib.use_cases import verify_application as verification
from tests.histories.replay import theatre

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.histories.replay import Theatre

SEEDS = (145, 1015, *range(100, 180))
_create = DynamoDBUnitOfWork.create
_append = journal.append


def _forgets_before_it_sends(patch: pytest.MonkeyPatch) -> None:
    def relay(tools: Any, entries: Any) -> int:
        tools.store.outbox_done(entries=entries)
        return len(tools.queues.send(entries=entries)) if entries else 0

    patch.setattr(relay_outbox, "_relay", relay)


def _leaves_lost_hints_behind(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(outbox_relay, "relay_left_behind", lambda **_: 0)


def _never_forgets_what_it_sent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(OutboxReads, "outbox_done", lambda *_, **__: None)


def _creates_over_what_stands(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(DynamoDBUnitOfWork, "create", DynamoDBUnitOfWork.put)


def _updates_whatever_the_version(patch: pytest.MonkeyPatch) -> None:
    def update(work: Any, entity: Any) -> None:
        work.put(replace(entity, version=entity.version + 1))

    patch.setattr(DynamoDBUnitOfWork, "update", update)


def _without(kind: type[Any]) -> Callable[[pytest.MonkeyPatch], None]:
    def plant(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(
            DynamoDBUnitOfWork,
            "create",
            lambda work, entity: None if isinstance(entity, kind) else _create(work, entity),
        )

    plant.__name__ = f"creates_no_{kind.__name__}"
    return plant


def _leaves_the_certificate_beside_the_policy(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(issue_policy, "revoke_certificate", lambda **_: None)


def _expires_certificates_a_month_early(patch: pytest.MonkeyPatch) -> None:
    due = TemporaryCertificate.next_step_at.fget

    def early(certificate: TemporaryCertificate) -> Any:
        at = due(certificate)
        return at and at - (certificate.valid_until - certificate.issued_on)

    patch.setattr(TemporaryCertificate, "next_step_at", property(early))


def _sends_whatever_was_claimed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Dispatch, "may_be_tried", lambda *_: True)


def _breaks_the_chain_of_the_journal(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(journal, "append", lambda **given: (_append(**given)[0], given["head"]))


def _gives_numbers_without_claiming_them(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(issue_policy, "claim_number", lambda *_: None)


def _forgets_whom_a_register_keeps_waiting(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(verification._ACTS, Outcome.WAITING, lambda _tools, _work, application, *_: application)


BUGS = (
    _forgets_before_it_sends,
    _leaves_lost_hints_behind,
    _never_forgets_what_it_sent,
    _creates_over_what_stands,
    _updates_whatever_the_version,
    _leaves_the_certificate_beside_the_policy,
    _expires_certificates_a_month_early,
    _sends_whatever_was_claimed,
    _breaks_the_chain_of_the_journal,
    _gives_numbers_without_claiming_them,
    _forgets_whom_a_register_keeps_waiting,
    _without(IdempotencyRecord),
    _without(LiveMarker),
    _without(ActivePolicyMarker),
)


@pytest.fixture(scope="module")
def opened() -> Iterator[Theatre]:
    with theatre() as made:
        yield made


@pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__.strip("_"))
def test_is_found(opened: Theatre, plant: Callable[[pytest.MonkeyPatch], None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        needed = next((number for number, seed in enumerate(SEEDS, 1) if opened.fails(seed, frozenset())), None)

    print(f"found after {needed} histories")
    assert needed is not None
