"""The federal registry of insurers: a dirty file of 500 rows comes in, and an insurer that leaves loses its insured."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from infra.local.registry_sample import clean_row, dirty_rows, json_pages, sample_rows, xml_file
from infra.local.scenarios.stage import today

if TYPE_CHECKING:
    from infra.local.scenarios.stage import Stage

ROWS = 500
LEAVES = "77013"
SECONDS = 10


def registry_import(stage: Stage) -> None:
    """A dirty file of 500 rows, the same again, pages of the newer interface, and an insurer that leaves."""
    journey = stage.journey
    journey.sign_in("fund")
    person = stage.someone("Переходов Семён Ильич", born_on="1985-04-02", sex="male")
    stage.apply(person, {"kind": "first_policy"}, {"insurer": {"code": LEAVES}})
    journey.step(f"a person insured by {LEAVES}")
    rows = [*sample_rows(), *dirty_rows(ROWS - len(sample_rows()) - 1), clean_row("ХХХХХ")]
    job = _taken_in(stage, xml_file(rows), "application/xml")
    seconds = job["seconds"]
    journey.expect(job["counts"]["new"] == ROWS - len(sample_rows()) - 1, f"rows were lost: {job['counts']}")
    journey.expect(job["counts"]["bad"] == 1, f"{job['counts']}")
    journey.expect(seconds <= SECONDS, f"{ROWS} rows took {seconds} s")
    journey.step(f"{ROWS} dirty rows taken in", seconds=seconds, warned=job["rows_with_warnings"], **job["counts"])
    again = _taken_in(stage, xml_file(rows), "application/xml")
    journey.expect(again["counts"]["unchanged"] == ROWS - 1, f"the same file changed something: {again['counts']}")
    journey.step("the same file changes nothing", seconds=again["seconds"])
    _tables(stage)
    left = next(row for row in rows if row["SMOCOD"] == LEAVES)
    left["INSINCLUDE"] = [left["INSINCLUDE"][0] | {"D_END": str(today()), "NAME_E": "5", "NAL_P": "1"}]
    gone = _taken_in(stage, json_pages([left]), "application/json")
    journey.expect(gone["counts"]["excluded"] == 1, f"{gone['counts']}")
    stage.told(person, "insurer_leaves")
    journey.expect(not journey.ok("GET", f"/v1/insurers/{LEAVES}")["may_be_chosen"], "it may still be chosen")
    journey.step(f"{LEAVES} leaves by a page of the newer interface; its insured is told")
    wish, insurer = {"kind": "insurer_change"}, {"code": "77012", "change_reason": "insurer_left"}
    stage.apply(person, wish, {"insurer": insurer}, until="approved")
    journey.step("the insured chooses another out of turn")


def _tables(stage: Stage) -> None:
    """Issue points (F013) and ratings of a year come in as tables; insurers are sorted by what they say."""
    journey, year = stage.journey, 2012  # of the last years the demonstration has ratings already
    row = "<pvp><smocod>77012</smocod><codpvp>{}</codpvp><Address>г. Москва, ул. Примерная, д. {}</Address>{}</pvp>"
    more = "<Phone>(495)225-23-10</Phone><DATEBEG>01.02.2020</DATEBEG>"
    points = "".join(row.format(number, number, more) for number in range(1, 31))
    job = _taken_in(stage, f"<packet>{points}</packet>".encode("cp1251"), "application/xml", "issue_points")
    journey.expect(job["counts"]["new"] == len(range(1, 31)), f"{job['counts']}")
    table = f"Код СМО;Год;Удовлетворённость по опросам\n77012;{year};98,5\n77004;{year};91 %\n77008;{year};много\n"
    for outcome in ("new", "unchanged"):
        job = _taken_in(stage, table.encode("cp1251"), "text/csv", "ratings")
        journey.expect((job["counts"][outcome], job["counts"]["bad"]) == (2, 1), f"{job['counts']}")
    found = journey.ok("GET", f"/v1/insurers?region=77&sort=surveys&rating_year={year}")["items"]
    journey.expect([one["code"] for one in found][:2] == ["77012", "77004"], f"not sorted: {found[0]['code']}")
    journey.step("issue points and ratings taken in as tables; insurers sorted by a criterion", points=30, ratings=2)


def _taken_in(stage: Stage, data: bytes, media_type: str, registry: str = "insurers") -> Any:
    """Order an import, upload the file and wait until it is over; ``seconds`` is from the upload to the end."""
    journey = stage.journey
    ordered = journey.ok(
        "POST", "/v1/registry-imports", person="fund", json={"media_type": media_type, "registry": registry}
    )
    began = time.perf_counter()
    answer = journey.store(ordered["upload"], data)
    journey.expect(answer.is_success, f"upload: {answer.status_code} {answer.text[:300]}")
    path = f"/v1/registry-imports/{ordered['registry_import']['id']}"

    def look() -> Any:
        job = journey.ok("GET", path, person="fund")
        return job if job["state"] in {"done", "failed"} else None

    job = journey.wait("the import", look)
    journey.expect(job["state"] == "done", f"the import failed: {job['failure_message']}")
    return {**job, "seconds": round(time.perf_counter() - began, 2)}
