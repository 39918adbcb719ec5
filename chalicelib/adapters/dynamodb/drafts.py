"""Saving a draft in one conditional write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb import index_keys, items, keys
from chalicelib.adapters.dynamodb.failures import is_refused, translated
from chalicelib.domain.application import DRAFT_KEPT_FOR, DRAFT_WARNED_BEFORE, Application
from chalicelib.domain.application_states import STATE_TITLES, ApplicationState
from chalicelib.domain.errors import StateConflict
from chalicelib.ports.errors import NotFound, PreconditionFailed

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.table import Table
    from chalicelib.ports.queries import DraftChange


def save_draft(*, table: Table, change: DraftChange) -> Application:
    """Replace sections of the form; a draft lives longer by it, a clarification keeps its last day.

    Raises:
        NotFound: there is none, or it is another account's.
        PreconditionFailed: If-Match is not the present version.
        StateConflict: its state does not allow it in one write.
    """
    with translated():
        try:
            return _save(table, change, ApplicationState.DRAFT)
        except table.client.exceptions.ClientError as failure:
            if not is_refused(failure):
                raise
            stored = failure.response.get("Item")
        if not _waits_for_clarification(stored):
            raise _refusal(change, stored)
        try:
            return _save(table, change, ApplicationState.CLARIFICATION_REQUIRED)
        except table.client.exceptions.ClientError as failure:
            if not is_refused(failure):
                raise
            raise _refusal(change, failure.response.get("Item")) from None


def _waits_for_clarification(stored: items.Item | None) -> bool:
    return stored is not None and stored["state"]["S"] == ApplicationState.CLARIFICATION_REQUIRED.value


def _save(table: Table, change: DraftChange, state: ApplicationState) -> Application:
    answer = table.client.update_item(**_request(table.name, change, state))
    return items.from_item(Application, answer["Attributes"])


def _request(table: str, change: DraftChange, state: ApplicationState) -> dict[str, Any]:
    names = {"#state": "state", "#version": "version"}
    if change.sections:
        # DynamoDB refuses names that the expression does not use.
        names["#form"] = "form"
    values: dict[str, Any] = {
        ":account": {"S": change.account_id},
        ":state": {"S": state.value},
        ":one": {"N": "1"},
        ":at": {"S": change.at.isoformat()},
    }
    sets = ["#version = #version + :one", "updated_at = :at"]
    if state is ApplicationState.DRAFT:
        due = index_keys.due_index(
            "application", change.application_id, change.at + DRAFT_KEPT_FOR - DRAFT_WARNED_BEFORE
        )
        values[":due"] = due[index_keys.DUE_SORT]
        sets.append(f"{index_keys.DUE_SORT} = :due")
    for position, (name, section) in enumerate(sorted(change.sections.items())):
        names[f"#s{position}"] = name
        values[f":s{position}"] = items.section_value(section)
        sets.append(f"#form.#s{position} = :s{position}")
    condition = "account = :account AND #state = :state"
    if change.if_version is not None:
        values[":version"] = {"N": str(change.if_version)}
        condition += " AND #version = :version"
    return {
        "TableName": table,
        "Key": keys.application(change.application_id).item(),
        "UpdateExpression": "SET " + ", ".join(sets),
        "ConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
        "ReturnValues": "ALL_NEW",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def _refusal(change: DraftChange, stored: items.Item | None) -> Exception:
    if not stored or stored["account"]["S"] != change.account_id:
        return NotFound("Заявление не найдено")
    if change.if_version is not None and int(stored["version"]["N"]) != change.if_version:
        return PreconditionFailed("Заявление изменили в другом окне: обновите страницу")
    state = ApplicationState(stored["state"]["S"])
    return StateConflict(f"Заявление в состоянии «{STATE_TITLES[state]}»: менять его нельзя")
