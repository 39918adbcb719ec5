"""Imports of the insurers' registry: permission to upload a file, and how far it is taken in (H1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.domain.principal import Role
from chalicelib.domain.registry_file import MAX_FILE_BYTES
from chalicelib.domain.registry_job import ImportReportPage, ImportState, Registry, RegistryImport
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, require_role
from chalicelib.use_cases.journal import record

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.files import UploadForm
    from chalicelib.ports.queries import Slice
    from chalicelib.ports.toolbox import Toolbox

PREFIX = "exchange/registry/"
UPLOAD_SECONDS = 900
TREES = frozenset({"application/xml", "text/xml", "application/json"})
SHEETS = frozenset({"text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"})
MEDIA_TYPES = {Registry.INSURERS: TREES, Registry.ISSUE_POINTS: TREES | SHEETS, Registry.RATINGS: TREES | SHEETS}


def order_import(
    *,
    tools: Toolbox,
    principal: Principal,
    media_type: str,
    at: datetime,
    registry: Registry = Registry.INSURERS,
    request: idempotency.RequestKey | None = None,
) -> tuple[RegistryImport, UploadForm]:
    """Permit the upload of one file of a registry, and await it; a repeated key awaits no second one.

    Points and ratings that a fund's operator uploads concern the insurers of the own region alone.

    Raises:
        NotPermitted: neither a fund's operator nor an administrator.
        ValidationFailed: the file is going to be of another type.
    """
    _require_keeper(principal)
    accepted = MEDIA_TYPES[registry]
    if media_type not in accepted:
        message = f"Такой файл принимается в виде: {', '.join(sorted(accepted))}"
        raise ValidationFailed([FieldError(field="media_type", code="unsupported_format", message=message)])
    job = idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: _awaited(tools, principal, registry, media_type, request, at),
        recall=lambda import_id: tools.store.registry_import(import_id=import_id),
    )
    form = tools.scans.upload_form(
        key=job.object_key, media_type=media_type, max_bytes=MAX_FILE_BYTES, seconds=UPLOAD_SECONDS
    )
    return job, form


def _awaited(
    tools: Toolbox,
    principal: Principal,
    registry: Registry,
    media_type: str,
    request: idempotency.RequestKey | None,
    at: datetime,
) -> RegistryImport:
    import_id = tools.ids.new_id(at=at)
    actor = actor_of(principal)
    job = RegistryImport(
        import_id=import_id,
        account_id=principal.account_id,
        organisation=actor.organisation,
        media_type=media_type,
        object_key=f"{PREFIX}{import_id}",
        state=ImportState.AWAITING_UPLOAD,
        created_at=at,
        registry=registry,
        region="" if principal.has_role(Role.ADMINISTRATOR) else principal.region or "",
    )
    work = tools.store.work(at=at)
    details = {"import_id": import_id}
    work.create(
        record(job, work=work, tools=tools, name="registry_import_ordered", at=at, actor=actor, details=details)
    )
    idempotency.remember(work=work, request=request, principal=principal, result=import_id, tools=tools, at=at)
    work.commit()
    return job


def view_import(*, tools: Toolbox, principal: Principal, import_id: str) -> RegistryImport:
    """Tell how far an import is (1 AWS call); raises NotFound."""
    _require_reader(principal)
    return tools.store.registry_import(import_id=import_id)


def list_imports(*, tools: Toolbox, principal: Principal, limit: int, after: str | None) -> Slice[RegistryImport]:
    """List imports, newest first (1 AWS call)."""
    _require_reader(principal)
    return tools.store.registry_imports(limit=limit, after=after)


def view_report(*, tools: Toolbox, principal: Principal, import_id: str, page: int) -> tuple[ImportReportPage, bool]:
    """Show a page of the report; tells whether another follows (2 AWS calls).

    Raises:
        NotFound: there is no such import, or it has no such page (yet).
    """
    _require_reader(principal)
    job = tools.store.registry_import(import_id=import_id)
    if job.pages == 0 and page == 0:
        return ImportReportPage(import_id=import_id, page=0, rows=()), False
    found = tools.store.import_report(import_id=import_id, page=page)
    if found is None:
        raise NotFound("Такой страницы отчёта нет")
    return found, page + 1 < job.pages


def _require_keeper(principal: Principal) -> None:
    require_role(principal, Role.FUND_OPERATOR, Role.ADMINISTRATOR)


def _require_reader(principal: Principal) -> None:
    require_role(principal, Role.FUND_OPERATOR, Role.ADMINISTRATOR, Role.AUDITOR)
