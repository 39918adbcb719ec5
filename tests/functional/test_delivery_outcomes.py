"""What became of a message is told as it was, also when the message comes again (requirement M1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ports.errors import Rejected, Unavailable
from tests.journeys import messages, submitted

if TYPE_CHECKING:
    from tests.world import World


def test_a_refused_sms_stays_refused_when_its_letter_is_tried_again(world: World) -> None:
    submitted(world)
    letters = len(world.tools.email.sent)
    world.tools.sms.failures.append(Rejected("Нет такого номера"))
    world.tools.email.failures.append(Unavailable("Почта не отвечает"))
    world.settle()
    world.sleep(minutes=4)
    world.settle()

    (told,) = [m["delivery"] for m in messages(world) if m["delivery"].get("sms") == "rejected"]
    assert told == {"sms": "rejected", "email": "sent"}
    assert len(world.tools.email.sent) > letters
