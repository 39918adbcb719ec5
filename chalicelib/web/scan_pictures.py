"""The page of a scan that an operator looks at: a copy drawn for this look, turned and leafed by links (C3, O2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from chalicelib.bootstrap import container
from chalicelib.domain.errors import StateConflict
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.view_scans import PageView
from chalicelib.web.uploads import origin_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.use_cases.view_scans import ShownPage
    from chalicelib.web.visits import Visit

TURNS = (0, 90, 180, 270)


def picture_of(
    visit: Visit, *, folder_id: str, here: str, show: Callable[..., ShownPage]
) -> tuple[str, dict[str, Any] | None]:
    """The page that the address of the visit asks for, and the origin it comes from; nothing where none is asked for.

    ``folder_id`` is the id of whatever the scan lies beside, ``here`` the address of its page, ``show`` the use case
    that draws the copy and notes the look.
    """
    scan_id = visit.query.get("scan", "")
    if not scan_id or visit.method != "GET":
        return "", None
    page = int(text) if (text := visit.query.get("page", "1")).isdecimal() and len(text) < 4 else 1  # noqa: PLR2004
    turn = next((t for t in TURNS if str(t) == visit.query.get("turn")), 0)
    view = PageView(application_id=folder_id, scan_id=scan_id, page=page, degrees=turn)
    try:
        shown = show(tools=container(), principal=visit.principal, view=view, at=visit.at)
    except (NotFound, StateConflict) as refusal:
        return "", {"refusal": refusal.detail, "id": scan_id}

    def link(number: int, degrees: int) -> str:
        return f"{here}?{urlencode({'scan': scan_id, 'page': number, 'turn': degrees})}#scan"

    return origin_of(shown.url), {
        "id": scan_id,
        "refusal": "",
        "url": shown.url,
        "page": shown.page,
        "pages": [(number, link(number, 0)) for number in range(1, shown.pages + 1)],
        "left": link(page, (turn - 90) % 360),
        "right": link(page, (turn + 90) % 360),
    }
