"""What operators see of scans: copies that name the viewer, each view noted for the person (C3, C4, O2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.audit import Actor
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.principal import Role
from chalicelib.domain.scan import MAX_BYTES, ScanState
from chalicelib.ports.errors import NotFound, StaleWrite
from chalicelib.use_cases.access import require_role, require_scope
from chalicelib.use_cases.scans import JPEG, LINK_SECONDS, SHOWN_PREFIX, page_key, recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.domain.scan import Scan
    from chalicelib.ports.folders import ApplicationFile
    from chalicelib.ports.toolbox import Toolbox

VIEW_TRIES = 4
"""Views of one scan at the very same moment are chained one after another."""

_ID_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """Which page an operator wants to see, from 1, turned clockwise by how many degrees."""

    application_id: str
    scan_id: str
    page: int = 1
    degrees: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPage:
    """The link to the copy made for this view, and of how many pages it is one."""

    url: str
    page: int
    pages: int


def scans_for_operator(*, tools: Toolbox, principal: Principal, application_id: str) -> Sequence[Scan]:
    """List the scans of a submitted application of the operator's own insurer or region (1 AWS call).

    Raises:
        NotPermitted: the principal is no operator, or it is the own application.
        NotFound: there is no such application, or it is not the operator's to see.
    """
    return _file(tools, principal, application_id).scans


def view_page(*, tools: Toolbox, principal: Principal, view: PageView, at: datetime) -> ShownPage:
    """Draw a copy of a page with the viewer's name over it, note the view, and link to the copy (5 AWS calls).

    Raises:
        NotPermitted, NotFound: as above; or there is no such page to see.
        StateConflict: the malware scanner has not passed the file.
    """

    def read() -> Scan:
        return shown_scan(_file(tools, principal, view.application_id).scan(view.scan_id), view)

    return show_page(tools=tools, principal=principal, read=read, view=view, at=at)


def show_page(
    *, tools: Toolbox, principal: Principal, read: Callable[[], Scan], view: PageView, at: datetime
) -> ShownPage:
    """Draw, note and link to a page of the scan that ``read`` finds, now and if another view was noted meanwhile."""
    scan = read()
    _refuse_unscanned(tools, scan)
    page = tools.scans.read(key=page_key(scan, view.page), max_bytes=MAX_BYTES)
    marked = tools.pictures.watermarked(picture=page, text=_watermark(principal, at), degrees=view.degrees)
    key = f"{SHOWN_PREFIX}{tools.ids.new_id(at=at)}.jpg"
    tools.scans.write(key=key, data=marked, media_type=JPEG)
    _note(tools, principal, scan, read, view, at)
    url = tools.scans.link(key=key, filename="page.jpg", seconds=LINK_SECONDS, inline=True)
    return ShownPage(url=url, page=view.page, pages=scan.view_pages)


def _file(tools: Toolbox, principal: Principal, application_id: str) -> ApplicationFile:
    require_role(principal, Role.INSURER_OPERATOR, Role.FUND_OPERATOR)
    file = tools.store.application_file(application_id=application_id)
    require_scope(file.application, principal)
    return file


def shown_scan(scan: Scan | None, view: PageView) -> Scan:
    """Return the scan if operators may see the page of it that is asked for; raises NotFound."""
    if scan is None or scan.state not in {ScanState.ACCEPTED, ScanState.REPLACED}:
        raise NotFound("Просмотр этой скан-копии недоступен")
    if not 1 <= view.page <= scan.view_pages:
        raise NotFound("Такой страницы для просмотра нет")
    return scan


def _refuse_unscanned(tools: Toolbox, scan: Scan) -> None:
    """Ask for the scanner's verdict of today: it may have come, or the rule begun, after the scan was accepted."""
    tag = tools.scans.scanner_verdict(key=scan.object_key, version=scan.object_version)
    if tag == "infected":
        raise StateConflict("В файле обнаружена вредоносная программа: просмотр закрыт")
    if tag is None and tools.scanner_required:
        raise StateConflict("Файл ещё не проверен на вирусы: просмотр откроется после проверки")


def _watermark(principal: Principal, at: datetime) -> str:
    viewer = _viewer(principal)
    kind = "СМО" if principal.has_role(Role.INSURER_OPERATOR) else "ТФОМС"
    return f"{viewer.actor_id[:_ID_SHOWN]} · {kind} {viewer.organisation} · {at:%d.%m.%Y %H:%M:%S} UTC"


def _viewer(principal: Principal) -> Actor:
    is_insurers = principal.has_role(Role.INSURER_OPERATOR)
    organisation = principal.insurer if is_insurers else principal.region
    return Actor(kind="operator", actor_id=principal.account_id, organisation=organisation or "")


def _note(
    tools: Toolbox, principal: Principal, scan: Scan, read: Callable[[], Scan], view: PageView, at: datetime
) -> None:
    """Chain the view to the scan's journal, which the person reads; nothing is shown that is not noted."""
    details = {"scan_id": scan.scan_id, "page": str(view.page)}
    for attempt in range(VIEW_TRIES):
        latest = scan if attempt == 0 else read()
        work = tools.store.work(at=at)
        actor = _viewer(principal)
        work.update(recorded(latest, work=work, tools=tools, name="scan_viewed", at=at, actor=actor, details=details))
        try:
            work.commit()
        except StaleWrite:
            continue
        return
    raise StaleWrite("Эту скан-копию сейчас открывают другие: повторите")
