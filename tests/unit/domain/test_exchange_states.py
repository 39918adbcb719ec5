"""Files of the fund and imports go along their arrows only; clients find the same in the dictionaries (P4)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.domain.errors import StateConflict
from chalicelib.domain.exchange_model import FileKind
from chalicelib.domain.fund_answer import ANSWER_TRANSITIONS, AnswerState, FundAnswer
from chalicelib.domain.fund_answer import moved as answer_moved
from chalicelib.domain.registry_job import IMPORT_TRANSITIONS, ImportState, RegistryImport, moved
from chalicelib.http.exchange_dictionaries import DICTIONARIES

AT = datetime(2026, 3, 16, 9, tzinfo=UTC)


@pytest.mark.parametrize("source", AnswerState)
@pytest.mark.parametrize("target", AnswerState)
def test_a_file_of_the_fund_moves_along_its_arrows_only(source: AnswerState, target: AnswerState) -> None:
    job = FundAnswer(
        answer_id="1",
        account_id="a",
        insurer_code="77012",
        organisation="fund:77",
        name="p.xml",
        kind=FileKind.REPLIST,
        media_type="text/xml",
        key="k",
        state=source,
        created_at=AT,
    )
    if target in ANSWER_TRANSITIONS[source]:
        assert answer_moved(job=job, state=target).state is target
    else:
        with pytest.raises(StateConflict, match="файл"):
            answer_moved(job=job, state=target)


@pytest.mark.parametrize("source", ImportState)
@pytest.mark.parametrize("target", ImportState)
def test_an_import_moves_along_its_arrows_only(source: ImportState, target: ImportState) -> None:
    job = RegistryImport(
        import_id="1",
        account_id="a",
        organisation="fund:77",
        media_type="text/xml",
        object_key="k",
        state=source,
        created_at=AT,
    )
    if target in IMPORT_TRANSITIONS[source]:
        assert moved(job=job, state=target).state is target
    else:
        with pytest.raises(StateConflict, match="загрузка"):
            moved(job=job, state=target)


@pytest.mark.parametrize("name", sorted(DICTIONARIES))
def test_a_dictionary_names_every_state_in_russian_and_no_arrow_leads_nowhere(name: str) -> None:
    rows = DICTIONARIES[name]()
    known = {row["code"] for row in rows}
    assert len(known) == len(rows) > 1
    assert all(row["title"] for row in rows)
    assert {target for row in rows for target in row.get("transitions", ())} <= known
    assert all(row["is_final"] is not bool(row["transitions"]) for row in rows if "transitions" in row)
    if name != "fund-answer-outcomes":
        assert {row["is_final"] for row in rows} == {True, False} or name == "exchange-file-states"
