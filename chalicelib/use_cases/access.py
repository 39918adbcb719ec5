"""Who may do what: deny by default (DESIGN, HTTP; requirements A1, O1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.audit import Actor
from chalicelib.domain.case_summary import Scope, ScopeKind, parties_of
from chalicelib.domain.errors import NotPermitted
from chalicelib.domain.principal import Assurance, Role
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.demands import region_of

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.application import Application
    from chalicelib.domain.principal import Principal
    from chalicelib.domain.representation import Representation
    from chalicelib.ports.folders import ApplicationFile, PersonFile


class AccountNotConfirmed(NotPermitted):
    """The e-government account is not confirmed (requirement A1)."""

    code = "account_not_confirmed"


HOW_TO_CONFIRM = (
    "Подать заявление можно с подтверждённой учётной записью Госуслуг. Подтвердите её в приложении банка, "
    "в центре обслуживания (МФЦ) с паспортом или электронной подписью и войдите снова"
)


def require_citizen(principal: Principal) -> str:
    """Return the person id of a citizen's account; raises NotPermitted for other roles."""
    require_role(principal, Role.CITIZEN)
    return principal.account_id


def require_confirmed(principal: Principal) -> str:
    """Return the person id of a citizen whose account is confirmed.

    Raises:
        AccountNotConfirmed: it is not; tells how to confirm it.
    """
    person_id = require_citizen(principal)
    if not principal.assurance.is_at_least(Assurance.CONFIRMED):
        raise AccountNotConfirmed(HOW_TO_CONFIRM)
    return person_id


def require_role(principal: Principal, *roles: Role) -> None:
    """Refuse whoever has none of the roles."""
    if not principal.has_role(*roles):
        raise NotPermitted("Для этого действия нужна другая роль")


def own(file: ApplicationFile, principal: Principal) -> Application:
    """Return the application if it is the principal's; raises NotFound else, so that nothing shows."""
    if file.application.account_id != principal.account_id:
        raise NotFound("Заявление не найдено")
    return file.application


def standing_representation(known: PersonFile, *, person_id: str, on: date) -> Representation:
    """Return the right to act for a person from the folder of who acts (requirement A6).

    Raises:
        NotFound: there is none on the day, so that nothing shows.
    """
    found = next((r for r in known.represented if r.person_id == person_id), None)
    if found is None or not found.stands_on(on):
        raise NotFound("Человек, которого вы представляете, не найден, или полномочия истекли")
    return found


def require_operator(principal: Principal) -> Scope:
    """Return whose work an operator does: of the own insurer, or of the own region (requirement O1).

    Raises:
        NotPermitted: the principal is no operator, or the account does not say of what.
    """
    require_role(principal, Role.INSURER_OPERATOR, Role.FUND_OPERATOR)
    is_insurers = principal.has_role(Role.INSURER_OPERATOR)
    code = principal.insurer if is_insurers else principal.region
    if code is None:
        raise NotPermitted("В учётной записи не указано, где вы работаете: обратитесь к администратору")
    return Scope(kind=ScopeKind.INSURER if is_insurers else ScopeKind.REGION, code=code)


def require_scope(application: Application, principal: Principal) -> None:
    """Let an operator see applications of the own insurer or region only, once they are submitted (requirement O1).

    Raises:
        NotPermitted: it is the operator's own application, or one that the operator acted in for another.
        NotFound: it is of another insurer or region, or a draft, so that nothing shows.
    """
    scope = require_operator(principal)
    if principal.account_id in parties_of(application):
        raise NotPermitted("Работать с собственным заявлением оператору нельзя: его рассмотрит другой")
    insurer, region = application.section("insurer").get("code"), region_of(application.form)
    if application.submitted_at is None or scope.code != (insurer if scope.kind is ScopeKind.INSURER else region):
        raise NotFound("Заявление не найдено")


def operator_actor(principal: Principal) -> Actor:
    """The actor that the journal names for an operator: with the organisation, without a name."""
    return Actor(kind="operator", actor_id=principal.account_id, organisation=require_operator(principal).code)


def actor_of(principal: Principal, *, acts_for: str | None = None) -> Actor:
    """The actor that the journal names for a principal; ``acts_for`` is the person whom the act is about."""
    if acts_for not in {None, principal.account_id} and principal.has_role(Role.CITIZEN):
        return Actor(kind="representative", actor_id=principal.account_id)
    if principal.has_role(Role.CITIZEN) and principal.clinic is None and principal.insurer is None:
        return Actor(kind="person", actor_id=principal.account_id)
    if principal.has_role(Role.CIVIL_REGISTRY):
        return Actor(kind="civil_registry", actor_id=principal.account_id)
    organisation = principal.clinic or principal.insurer or principal.region or ""
    if principal.has_role(Role.AUDITOR):
        return Actor(kind="auditor", actor_id=principal.account_id, organisation=organisation)
    kind = "clinic" if principal.clinic else "operator"
    return Actor(kind=kind, actor_id=principal.account_id, organisation=organisation)
