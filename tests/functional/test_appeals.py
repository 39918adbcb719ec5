"""An appeal against a refusal, from its draft to what an upheld one does by itself (requirement L1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.appeals import (
    EXPLANATION,
    GROUNDS,
    act,
    appeal,
    attached,
    begun,
    judged,
    refused,
)
from tests.journeys import actions, application, document, messages, policy

if TYPE_CHECKING:
    from tests.world import World

SECOND = "second_operator"


class TestTheWay:
    """Refused, appealed against, decided by another operator, carried on."""

    def test_an_upheld_appeal_reopens_the_application_which_goes_on_to_the_policy(self, world: World) -> None:
        application_id = refused(world)
        appeal_id = begun(world, application_id)
        shown = attached(world, appeal_id)
        assert (shown["state"], shown["document"]) == ("accepted", "appeal_evidence")
        made = act(world, appeal_id, "submission", **GROUNDS).json()
        world.drain()

        assert re.fullmatch(r"Ж-2026-[0-9]{8}-[0-9]", made["number"])
        assert (made["state"], made["topic"], made["due_on"]) == ("filed", "1.1", "2026-03-30")
        assert document(world, "appeal_receipt")["id"] == made["receipt_id"]
        assert document(world, "appeal_receipt")["made_at"] is not None

        decision = judged(world, appeal_id, uphold=True)
        assert decision["decisions"][0]["effect"] == "checked_anew"

        assert application(world, application_id)["state"] == "ready"
        assert policy(world)["state"] == "active"
        told = [message["kind"] for message in messages(world)]
        assert {"appeal_filed", "appeal_upheld", "policy_issued"} <= set(told)
        assert appeal(world, appeal_id)["decisions"][0]["explanation"] == EXPLANATION
        names = [action["action"] for action in actions(world)]
        assert {"appeal_begun", "appeal_filed", "appeal_taken", "appeal_upheld", "refusal_undone"} <= set(names)
