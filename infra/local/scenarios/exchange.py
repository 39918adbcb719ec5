"""The exchange with the fund: a change file, the fund's protocol, a refused record told again, a stop list (P4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.domain.xml_tree import read_xml
from infra.local.scenarios.stage import INSURER, today

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.xml_tree import Element
    from infra.local.scenarios.stage import Stage

_FILES, _ANSWERS, _RECORDS = "/v1/exchange-files", "/v1/fund-answers", "/v1/exchange-records"
_BORN_ON = "1988-06-12"


def fund_exchange(stage: Stage) -> None:
    """What happened is told; a refusal is mended and told again; who lost the right is stopped by four eyes."""
    journey = stage.journey
    for operator in ("operator", "fund", "second_fund"):
        journey.sign_in(operator)
    person = stage.someone("Обменов Лев Павлович", born_on=_BORN_ON, sex="male")
    number = stage.insured(person)["policy_number"]
    name, told = _change_file(stage)
    own = next(op for op in told if number in {element.text for element in op.walk()})
    journey.step("a change file made and handed over", file=name, records=len(told))

    answers = [(op, "1" if op is own else "0") for op in told]
    taken = _taken_in(stage, f"p{name[1:]}", _protocol(name, answers), person="operator")
    journey.expect(_told(taken) == {"refused": 1, **_some("accepted", len(told) - 1)}, f"{taken['counts']}")
    protocol = journey.ok("GET", f"{_ANSWERS}/{taken['id']}/protocol-link", person="operator")
    journey.expect(read_xml(data=journey.fetch(protocol["url"]).content).name == "FLK_P", "no error report")
    journey.step("the fund's protocol taken in; an error report written", **_told(taken))

    (refused,) = journey.ok("GET", f"{_RECORDS}?state=refused", person="operator")["items"]
    journey.ok("POST", f"{_RECORDS}/{refused['id']}/resubmission", person="operator")
    again, told = _change_file(stage)
    taken = _taken_in(stage, f"p{again[1:]}", _protocol(again, [(op, "0") for op in told]), person="operator")
    journey.expect(_told(taken) == {"accepted": len(told)}, f"{taken['counts']}")
    journey.step("the refused record told again and accepted", file=again)

    stops = _stop_list(f"s{name[1:]}", number)
    taken = _taken_in(stage, f"s{name[1:]}", stops, person="fund")
    journey.expect(_told(taken) == {"proposed": 1}, f"{taken['counts']}")
    (proposed,) = journey.ok("GET", "/v1/operator/corrections?state=proposed", person="second_fund")["items"]
    path = f"/v1/operator/corrections/{proposed['id']}/approval"
    journey.refused(403, "POST", path, person="fund")
    journey.ok("POST", path, person="second_fund")
    journey.expect(stage.validity(number, _BORN_ON) != "valid", "the policy still counts")
    journey.step("a stop list proposes; another operator of the fund ends the insurance")


def _some(name: str, count: int) -> dict[str, int]:
    return {name: count} if count else {}


def _told(job: Any) -> dict[str, int]:
    return {outcome: count for outcome, count in job["counts"].items() if count}


def _change_file(stage: Stage) -> tuple[str, Sequence[Element]]:
    """Have the next change file made and hand it over; returns its name and records."""
    journey = stage.journey
    name = str(journey.ok("POST", _FILES, person="operator", json={})["name"])

    def look() -> Any:
        return journey.ok("GET", f"{_FILES}/{name}", person="operator")["state"] == "made"

    journey.wait("the change file", look)
    link = journey.ok("GET", f"{_FILES}/{name}/link", person="operator")
    root = read_xml(data=journey.fetch(link["url"]).content)
    journey.ok("POST", f"{_FILES}/{name}/dispatch", person="operator")
    return name, root.all("OP")


def _taken_in(stage: Stage, name: str, data: bytes, *, person: str) -> Any:
    journey = stage.journey
    wish = {"name": f"{name}.xml", "media_type": "text/xml"}
    ordered = journey.ok("POST", _ANSWERS, person=person, json=wish)
    answer = journey.store(ordered["upload"], data)
    journey.expect(answer.is_success, f"upload: {answer.status_code} {answer.text[:300]}")
    path = f"{_ANSWERS}/{ordered['fund_answer']['id']}"

    def look() -> Any:
        job = journey.ok("GET", path, person=person)
        return job if job["finished_at"] else None

    job = journey.wait("the file of the fund", look)
    journey.expect(job["state"] == "done", f"{job['failure_message']}")
    return job


def _protocol(name: str, answers: Sequence[tuple[Element, str]]) -> bytes:
    rows = [
        f"<REP><N_REC>{op.value('N_REC')}</N_REC><ID>{op.value('ID')}</ID><CODE_ERP>{code}</CODE_ERP>"
        f"{'<COMMENT>Документ не найден</COMMENT>' if code != '0' else ''}</REP>"
        for op, code in answers
    ]
    refused = sum(code != "0" for _, code in answers)
    return _file("REPLIST", f"p{name[1:]}", rows, f"<NERR>{refused}</NERR>")


def _stop_list(name: str, number: str) -> bytes:
    policy = f"<POLIS><VPOLIS>3</VPOLIS><NPOLIS>{number}</NPOLIS><DBEG>{today()}</DBEG><DSTOP>{today()}</DSTOP></POLIS>"
    return _file("STOPLIST", name, [f"<STOP><ID>1</ID><REASON>П025</REASON><ENP>{number}</ENP>{policy}</STOP>"])


def _file(kind: str, name: str, rows: Sequence[str], more: str = "") -> bytes:
    head = f"<VERS>2.1</VERS><FILENAME>{name}</FILENAME><SMOCOD>{INSURER}</SMOCOD><NRECORDS>{len(rows)}</NRECORDS>"
    text = f"<{kind}>{head}{more}{''.join(rows)}</{kind}>"
    return f'<?xml version="1.0" encoding="windows-1251"?>\n{text}'.encode("cp1251")
