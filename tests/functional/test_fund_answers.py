"""Files of the fund come in: protocols, error reports and stop lists; nothing is half-written or taken twice (P4)."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.exchange_model import FileKind
from chalicelib.domain.exchange_schema import check_file
from chalicelib.use_cases import take_fund_answer
from tests import corrections
from tests.exchange import (
    ANSWERS,
    FILES,
    FUND,
    OPERATOR,
    RECORDS,
    content,
    error_report,
    flk,
    made,
    operations,
    ordered,
    protocol,
    reply,
    report_of,
    stop,
    stop_list,
    taken_in,
)
from tests.journeys import INSURER_CHANGE, OTHER_INSURER, insured, policy, problem, submitted

if TYPE_CHECKING:
    from tests.world import World

STOPS = "s77012_0_03261"
UNKNOWN = "7855310843003223"


def outcomes(world: World, job) -> list[tuple[str, str]]:
    """The outcome of each row, with the codes and fields of what is wrong."""
    return [
        (row["outcome"], " ".join(f"{r['code']}:{r['field']}" for r in row["remarks"])) for row in report_of(world, job)
    ]


def packed(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("p.xml", data)
    return buffer.getvalue()


class TestProtocols:
    """REPLIST and FLK_P: what became of the records of a change file."""

    def test_good_rows_are_taken_and_bad_ones_told_with_code_field_and_mend(self, world: World) -> None:
        insured(world)
        name = made(world)["name"]
        (op,) = operations(content(world, name))
        other_number = f"<INSURANCE><TER_ST>45000</TER_ST><ENP>{UNKNOWN}</ENP><ERP>1</ERP></INSURANCE>"
        rows = [
            reply(op).replace("</REP>", f"{other_number}</REP>"),
            reply(op, N_REC="7"),
            reply(op, N_REC="8", CODE_ERP="9"),
            reply(op, N_REC="9", CODE_ERP="2"),
        ]

        job = taken_in(world, "p77012_0_03261", packed(protocol(name, *rows)))

        assert outcomes(world, job) == [
            ("accepted", "904:ENP"),
            ("bad", "904:N_REC"),
            ("bad", "904:CODE_ERP"),
            ("bad", "902:COMMENT"),
        ]
        assert all(remark["mend"] for row in report_of(world, job) for remark in row["remarks"])
        report = error_report(world, job)
        assert check_file(root=report, kind=FileKind.FLK_P) == ()
        found = [(p.value("OSHIB"), p.value("IM_POL"), p.value("N_REC")) for p in report.all("PR")]
        assert found == [("904", "N_REC", "7"), ("904", "CODE_ERP", "8"), ("902", "COMMENT", "9")]
        assert (report.value("FNAME"), report.value("FNAME_I")) == ("f77012_0_03261", "p77012_0_03261")
        file = world.ok("GET", f"{FILES}/{name}", person=OPERATOR)
        assert (file["state"], file["accepted"], file["refused"]) == ("answered", 1, 0)

    def test_a_file_taken_twice_changes_nothing_and_another_of_its_name_is_refused(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        insured(world)
        name = made(world)["name"]
        (op,) = operations(content(world, name))
        first = taken_in(world, "p77012_0_03261", protocol(name, reply(op)))
        before = corrections.state()

        again = taken_in(world, "p77012_0_03261", protocol(name, reply(op)), person=FUND)
        another = taken_in(world, "p77012_0_03261", protocol(name, reply(op, "1", "Нет")))

        assert (again["state"], again["repeats"], again["has_report"]) == ("repeated", first["id"], False)
        assert (another["state"], another["failure"]) == ("failed", "name_taken")
        after = corrections.state()
        jobs = {key: row for key, row in after.items() if key not in before}
        assert {key: row for key, row in after.items() if key not in jobs} == before
        assert {key[0].partition("#")[0] for key in jobs} == {"FUNDANSWER"}
        monkeypatch.setattr(world.tools.store, "taken_file", lambda **_: None)
        waits = taken_in(world, "p77012_0_03261", protocol(name, reply(op)))
        assert waits["state"] == "awaiting_upload"  # given up in the same moment: the next event begins anew
        problem(world.call("GET", f"{ANSWERS}/{again['id']}/protocol-link", person=OPERATOR), 409)
        listed = world.ok("GET", ANSWERS, person=FUND, params={"insurer": "77012", "limit": 3})
        older = world.ok("GET", ANSWERS, person=OPERATOR, params={"cursor": listed["next_cursor"]})
        found = [job["id"] for job in [*listed["items"], *older["items"]]]
        assert found[-3:] == [another["id"], again["id"], first["id"]]

    def test_a_late_answer_to_an_earlier_file_or_one_that_contradicts_changes_nothing(self, world: World) -> None:
        insured(world)
        name = made(world)["name"]
        (op,) = operations(content(world, name))
        whole = taken_in(world, "f77012_0_03261", flk(name, ("904", "DOCTYPE", "", "Общая ошибка")))
        assert (outcomes(world, whole), whole["counts"]["refused"]) == ([("refused", "904:DOCTYPE")], 1)
        contradicts = taken_in(world, "p77012_0_03261", protocol(name, reply(op)))
        assert outcomes(world, contradicts) == [("attention", "")]
        (record,) = world.ok("GET", RECORDS, person=OPERATOR)["items"]
        world.ok("POST", f"{RECORDS}/{record['id']}/resubmission", person=OPERATOR)
        second = made(world)["name"]
        (op,) = operations(content(world, second))

        rows = (("904", "OT", "1", "Нет отчества"), ("905", "", "1", ""), ("904", "OT", "5", ""), ("@", "", "6", ""))
        job = taken_in(world, "f77012_0_03262", flk(second, *rows))

        assert outcomes(world, job) == [
            ("refused", "904:OT 905:"),
            ("bad", "904:N_REC"),
            ("bad", "903:OSHIB 904:N_REC"),
        ]
        late = taken_in(world, "p77012_0_03262", protocol(second, reply(op, "2", "Нет")))
        assert outcomes(world, late) == [("unchanged", "2:CODE_ERP")]
        clean = taken_in(world, "f77012_0_03263", flk("i77012_0_03263"))
        assert (clean["state"], clean["failure"]) == ("failed", "not_ours")

    def test_an_answer_cannot_be_to_a_file_that_is_not_made(self, world: World) -> None:
        insured(world)
        name = world.ok("POST", FILES, person=OPERATOR, json={})["name"]
        order = ordered(world, "p77012_0_03261")
        world.invoke("exchange", world.arrived(order["upload"]["fields"]["key"], protocol(name)))
        job = world.ok("GET", f"{ANSWERS}/{order['fund_answer']['id']}", person=OPERATOR)
        assert job["failure"] == "not_made_yet"
        world.settle()
        wrong = taken_in(world, "f77012_0_03261", flk("i77012_0_03269", name="f77012_0_03261"))
        assert wrong["failure"] == "not_about_ours"
        nothing = taken_in(world, "f77012_0_03261", flk(name))
        assert (nothing["state"], nothing["rows_total"], nothing["has_report"]) == ("done", 0, True)


class TestStops:
    """STOPLIST: what ends insurance is proposed, and another decides."""

    def test_a_death_is_proposed_decided_by_the_fund_and_told_in_the_next_file(self, world: World) -> None:
        insured(world)
        made(world)
        number = policy(world)["policy_number"]

        job = taken_in(world, STOPS, stop_list(STOPS, stop(number, "П022", died="2026-03-15")), person=FUND)

        (row,) = report_of(world, job, person=FUND)
        assert (row["outcome"], row["person_id"]) == ("proposed", corrections.person_id(world))
        assert policy(world)["state"] == "active"
        own = world.call("POST", f"{corrections.CORRECTIONS}/{row['correction_id']}/approval", person=FUND)
        problem(own, 403, "not_permitted")
        corrections.approved(world, row["correction_id"])
        assert policy(world)["state"] == "annulled"
        (op,) = operations(content(world, made(world)["name"]))
        (stopped,) = op.first("INSURANCE").all("POLIS")
        assert (op.value("TIP_OP"), stopped.value("DSTOP")) == ("П022", "2026-03-15")
        again = "s77012_0_03262"
        job = taken_in(world, again, stop_list(again, stop(number, "П025")))
        assert outcomes(world, job) == [("unchanged", "")]

    def test_dirty_rows_are_told_and_what_an_operator_has_to_find_out_is_left_to_one(self, world: World) -> None:
        insured(world)
        number = policy(world)["policy_number"]
        rows = [
            stop(number, "П025", ident="1", last_day="2026-03-16"),
            stop(number, "П023", ident="2"),
            stop(number, "П021", ident="3"),
            stop(number, "П024", ident="4"),
            stop(number, "П022", ident="5", died="1900-01-01"),
            stop(number, "П010", ident="6"),
            stop(number, "П022", ident="7"),
            stop(UNKNOWN, "П025", ident="8"),
            stop(number[:-1] + str((int(number[-1]) + 1) % 10), "П025", ident="9"),
            stop(number, "П025", ident="10"),
            stop(number, "П025", ident="10"),
            stop("12", "П025", ident="11"),
        ]

        job = taken_in(world, STOPS, stop_list(STOPS, *rows))

        assert outcomes(world, job) == [
            ("proposed", ""),
            ("proposed", ""),
            ("attention", ":REASON"),
            ("attention", ":REASON"),
            ("attention", ":REASON"),
            ("bad", "904:REASON"),
            ("bad", "902:DDEATH"),
            ("bad", "904:ENP"),
            ("bad", "101:ENP"),
            ("bad", "905:ID"),
            ("bad", "905:ID"),
            ("bad", "903:ENP"),
        ]
        proposed = world.ok("GET", corrections.CORRECTIONS, person=FUND, params={"state": "proposed"})["items"]
        assert [c["kind"] for c in proposed] == ["policy_annulled"] * 2
        assert len(error_report(world, job).all("PR")) == 7

    def test_who_has_chosen_another_insurer_is_stopped_already(self, world: World) -> None:
        insured(world)
        number = policy(world)["policy_number"]
        submitted(world, kind=INSURER_CHANGE, insurer=OTHER_INSURER)
        world.settle()
        theirs = "s77015_0_03261"
        job = taken_in(world, STOPS, stop_list(STOPS, stop(number, "П021")))
        foreign = taken_in(world, theirs, stop_list(theirs, stop(number, "П021")), person=FUND)

        assert outcomes(world, job) == [("unchanged", "")]
        assert [row["outcome"] for row in report_of(world, foreign, person=FUND)] == ["bad"]

    def test_goes_on_where_it_was_killed(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """Pages that are written stay; the message that comes again writes the rest, in as many turns as it needs."""
        monkeypatch.setattr(take_fund_answer, "PAGE", 2)
        monkeypatch.setattr(take_fund_answer, "PAGES_AT_ONCE", 2)
        insured(world)
        number = policy(world)["policy_number"]
        data = stop_list(STOPS, *(stop(number, "П025", ident=str(n)) for n in range(1, 8)))
        write, calls = take_fund_answer._page_written, []

        def dies(*arguments, **options):
            calls.append(1)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return write(*arguments, **options)

        monkeypatch.setattr(take_fund_answer, "_page_written", dies)
        order = ordered(world, STOPS)
        event = world.arrived(order["upload"]["fields"]["key"], data)
        with pytest.raises(KeyboardInterrupt):
            world.invoke("exchange", event)
        path = f"{ANSWERS}/{order['fund_answer']['id']}"
        halfway = world.ok("GET", path, person=OPERATOR)
        assert (halfway["state"], halfway["rows_done"], halfway["percent"]) == ("running", 2, 28)
        first = world.ok("GET", f"{path}/report", person=OPERATOR)
        assert (len(first["items"]), first["next_cursor"]) == (2, None)

        world.invoke("exchange", event)
        world.settle()
        world.invoke("exchange", event)  # too late: nothing happens

        done = world.ok("GET", path, person=OPERATOR)
        assert (done["state"], done["rows_done"], done["counts"]["proposed"], done["report_pages"]) == ("done", 7, 7, 4)
        assert [row["row"] for row in report_of(world, done)] == list(range(1, 8))


class TestMistakes:
    """Bad input is told, and changes nothing."""

    @pytest.mark.parametrize(
        ("name", "data", "failure"),
        [
            ("p77012_0_03261", b"<REPLIST", "not_xml"),
            ("p77012_0_03261", b'<!DOCTYPE a [<!ENTITY x "y">]><REPLIST>&x;</REPLIST>', "document_type_refused"),
            ("p77012_0_03261", b"PK\x03\x04", "not_zip"),
            ("p77012_0_03261", protocol("i77012_0_03261", name="p77012_0_03269"), "file_wrong"),
            ("p77012_0_03261", protocol("i77012_0_03261"), "not_ours"),
            ("f77012_0_03261", flk("i77012_0_03262"), "file_wrong"),
        ],
    )
    def test_a_file_that_is_wrong_as_a_whole_is_refused_and_may_come_again(
        self, shared_world: World, name: str, data: bytes, failure: str
    ) -> None:
        job = taken_in(shared_world, name, data)

        assert (job["state"], job["failure"], job["rows_done"]) == ("failed", failure, 0)
        assert job["failure_message"]
        assert report_of(shared_world, job) == []
        report = error_report(shared_world, job)
        assert check_file(root=report, kind=FileKind.FLK_P) == ()
        assert report.all("PR")

    def test_of_orders_and_reports(self, shared_world: World) -> None:
        world = shared_world
        for body, fields in (
            ({"name": "p77012", "media_type": "text/csv"}, ["media_type", "name"]),
            ({"name": "i77012_0_03261", "media_type": "text/xml"}, ["name"]),
        ):
            wrong = problem(world.call("POST", ANSWERS, person=OPERATOR, json=body), 422, "validation_failed")
            assert sorted(error["field"] for error in wrong["errors"]) == fields
        foreign = {"name": "p77004_0_03261.xml.zip", "media_type": "application/zip"}
        problem(world.call("POST", ANSWERS, person=OPERATOR, json=foreign), 403, "not_permitted")
        unknown = {"name": "p77500_0_03261", "media_type": "text/xml"}
        problem(world.call("POST", ANSWERS, person=FUND, json=unknown), 404, "not_found")
        order = ordered(world, "p77004_0_03261", person=FUND)["fund_answer"]
        for path in (order["id"], "01KKTXZ8M0J77M3GB40726KZTJ", "x"):
            for part in ("", "/report", "/protocol-link"):
                problem(world.call("GET", f"{ANSWERS}/{path}{part}", person=OPERATOR), 404, "not_found")
        late = world.call("GET", f"{ANSWERS}/{order['id']}/report", person=FUND, params={"cursor": "eyJwYWdlIjoiMSJ9"})
        problem(late, 404, "not_found")
        problem(world.call("GET", ANSWERS, person=FUND), 422, "validation_failed")

    def test_an_event_of_no_job_is_passed_over(self, shared_world: World) -> None:
        event = shared_world.arrived("exchange/in/01KKTXZ8M0J77M3GB40726KZTJ", b"<REPLIST/>")
        before = corrections.state()
        assert shared_world.invoke("exchange", event)["batchItemFailures"] == []
        assert corrections.state() == before
