"""The page of one's own data: taken away as an archive, destroyed on demand; what stays and why (requirement P2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests import journeys
from tests.visitors import Visitor

if TYPE_CHECKING:
    from tests.world import World

HERE = "/cabinet/data"


def test_takes_the_data_away_and_demands_that_they_are_destroyed(world: World) -> None:
    journeys.insured(world)
    world.settle()
    visitor = Visitor(world)
    visitor.sign_in("citizen")
    assert f'href="{HERE}"' in visitor.open("/cabinet/profile").text
    page = visitor.open(HERE)
    assert "Закон велит хранить дальше" in page.text
    assert "полис действует или приостановлен, потом 5 лет" in page.text

    for _ in range(2):
        ordered = visitor.send(f"{HERE}/exports", {}, seen=page)
        assert ordered.headers["location"].endswith(f"{HERE}?done=ordered")
    assert "Готовится" in visitor.open(f"{HERE}?done=ordered").text
    world.drain()
    (link,) = re.findall(rf'href="([^"]*{HERE}/exports/[^"]+)"', visitor.open(HERE).text)
    assert "X-Amz" in (away := visitor.call("GET", link).headers["location"]) or "Signature=" in away
    for wrong in ("2", "x", "9999"):
        assert visitor.call("GET", f"{link.rpartition('/')[0]}/{wrong}").status_code == 404

    page = visitor.open(HERE)
    unsure = visitor.send(f"{HERE}/erasures", {}, seen=page)
    assert (unsure.status_code, "sure-error" in unsure.text) == (422, True)
    demanded = visitor.send(f"{HERE}/erasures", {"is_sure": "yes"}, seen=page)
    assert demanded.headers["location"].endswith(f"{HERE}?done=asked")
    asked = visitor.open(f"{HERE}?done=asked").text
    assert "Исполняется" in asked
    assert "срок до 30.03.2026 (152-ФЗ, ст. 21, ч. 5.1)" in asked
    world.run("run_retention")
    done = visitor.open(HERE).text
    assert "Исполнено" in done
    assert "Телефон, электронная почта и настройки уведомлений (1)" in done
