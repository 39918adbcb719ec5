"""`make demo`: a local cloud of its own, the whole journey as an HTTP client walks it, and what it leaves on paper."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx

from infra.local.journey import Endpoints, Journey, JourneyFailed, passport_photo
from infra.local.scenarios.catalogue import SCENARIOS
from infra.local.scenarios.stage import Stage
from infra.local.supervisor import local_stack

OUTPUT = Path("demo-output")
CITIZEN, OTHER, INSURED, CLINIC = "citizen", "later", "insured", "registrar"
POLICY_ISSUED = "ready"


MAIN, ALL = "main", "all"


def main() -> int:
    """Walk a scenario, or all of them; returns 0, or 1 at the first thing that is not as it should be."""
    names = [MAIN, *SCENARIOS]
    parser = argparse.ArgumentParser(description="Walk journeys on a local cloud of their own.")
    parser.add_argument("scenario", nargs="?", default=MAIN, choices=[*names, ALL], metavar="SCENARIO", help=_help())
    wanted = parser.parse_args().scenario
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir()
    folder = Path(tempfile.mkdtemp(prefix="polis-demo-"))
    began = perf_counter()
    try:
        with local_stack(folder, ports="auto") as stack:
            print(f"  stack is up in {perf_counter() - began:.1f} s", flush=True)
            journey = Journey(at=_endpoints(stack), report=_progress)
            return _walk(journey, stack, names if wanted == ALL else [wanted], began)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _help() -> str:
    return f"{MAIN} (first policy, lookups, change of insurer, expiry), {', '.join(SCENARIOS)} or {ALL}"


def _endpoints(stack: Any) -> Endpoints:
    urls = stack.urls
    names = ("identity", "registers", "cloud", "texts")
    return Endpoints(api=urls["web"], **{name: urls[name] for name in names})


def _progress(title: str, ms: float) -> None:
    print(f"  {ms:7.0f} ms  {title}", flush=True)


def _walk(journey: Journey, stack: Any, names: list[str], began: float) -> int:
    facts: dict[str, Any] = {}
    stage = Stage(journey=journey, pump=stack.urls["pump"])
    walked: list[tuple[str, int, float]] = []
    try:
        for place, name in enumerate(names, start=1):
            print(f"  [{'#' * place}{'.' * (len(names) - place)}] {place}/{len(names)} {name}", flush=True)
            steps, at = len(journey.steps), perf_counter()
            _main(journey, stack, facts) if name == MAIN else SCENARIOS[name](stage)
            walked.append((name, len(journey.steps) - steps, perf_counter() - at))
    except (JourneyFailed, httpx.HTTPError, KeyError, StopIteration) as failure:
        print(f"FAILED after «{journey.steps[-1]['step'] if journey.steps else 'start'}»: {failure!r}")
        return 1
    finally:
        _write(journey, facts, began)
    _summarise(walked)
    seconds = perf_counter() - began
    print(f"  done in {seconds:.1f} s, {journey.waited:.1f} s of it waiting for queues; see {OUTPUT}/")
    return 0


def _summarise(walked: list[tuple[str, int, float]]) -> None:
    print("  scenario        steps  seconds")
    for name, steps, seconds in walked:
        print(f"  {name:<15} {steps:>5}  {seconds:>7.1f}")


def _main(journey: Journey, stack: Any, facts: dict[str, Any]) -> None:
    _first_policy(journey, facts)
    _lookups(journey, facts)
    _insurer_change(journey, facts)
    _too_early(journey, facts)
    _expiry(journey, stack.urls["pump"])
    _activity(journey, facts)


def _first_policy(journey: Journey, facts: dict[str, Any]) -> None:
    journey.sign_in(CITIZEN)
    journey.step("signed in with a confirmed account")
    journey.sign_in("unconfirmed")
    problem = journey.refused(403, "POST", "/v1/applications", person="unconfirmed", json={"kind": "first_policy"})
    journey.step("unconfirmed account refused with the way to confirm it", code=problem["code"])
    journey.consent(CITIZEN)
    journey.hear_at_night(CITIZEN)
    journey.step("consent given")
    wrong = {"kind": "first_policy", "form": {"person": {"snils": "112-233-445 96", "born_on": "31.02.1990"}}}
    errors = journey.ok("POST", "/v1/form-checks", person=CITIZEN, json=wrong)["errors"]
    journey.expect(len(errors) >= 2, f"not all mistakes are told: {errors}")  # noqa: PLR2004 — two mistakes
    journey.step("mistakes of fields told all at once", errors=[error["code"] for error in errors])
    insurers = journey.ok("GET", "/v1/insurers?region=77")["items"]
    journey.expect(len(insurers) > 1, "no insurers of the region")
    journey.step("insurers of the region listed", found=len(insurers))
    application_id = journey.draft(CITIZEN, "first_policy", {"code": "77012"})
    journey.step("draft prefilled and saved", application_id=application_id)
    blank = journey.upload(CITIZEN, application_id, _blank_png(), "image/png")
    journey.expect(blank["state"] == "rejected", "a blank scan was accepted")
    journey.step("blank scan refused", code=blank["code"])
    _submit_first(journey, facts, application_id)


def _submit_first(journey: Journey, facts: dict[str, Any], application_id: str) -> None:
    scan = journey.upload(CITIZEN, application_id, passport_photo(), "image/jpeg")
    journey.expect(scan["state"] == "accepted", f"the scan was refused: {scan['message']}")
    journey.step("scan uploaded and accepted")
    journey.registers(kind="insured_person", behaviour="later", seconds=3)
    submitted = journey.sign_and_submit(CITIZEN, application_id, key="demo-first-policy")
    journey.step("signed by SMS code and submitted, twice without doubling", number=submitted["number"])
    facts |= {"application_id": application_id, "application_number": submitted["number"]}
    waiting = journey.application(CITIZEN, application_id, lambda found: found["certificate_number"])
    facts["certificate_number"] = waiting["certificate_number"]
    journey.step("temporary certificate while a register takes its time", number=waiting["certificate_number"])
    question = {"certificate_number": facts["certificate_number"], "consent": True}
    answer = journey.ok("POST", "/v1/validity-checks", json=question)
    journey.expect(answer["status"] == "valid", f"the certificate is {answer['status']}")
    journey.step("certificate counts as a policy in the public lookup")
    _keep(journey, CITIZEN, "receipt", application_id)
    _keep(journey, CITIZEN, "temporary_certificate", application_id)
    journey.step("receipt and temporary certificate downloaded")
    journey.registers()
    ready = journey.application(CITIZEN, application_id, lambda found: found["state"] == POLICY_ISSUED)
    insurance = journey.ok("GET", "/v1/me/insurance", person=CITIZEN)
    facts["policy_number"] = insurance["policies"][0]["policy_number"]
    facts["states"] = [moment["state"] for moment in ready["history"]]
    journey.step("policy issued", policy_number=facts["policy_number"])
    policy = _keep(journey, CITIZEN, "policy", application_id)
    _keep(journey, CITIZEN, "extract", application_id)
    facts["qr_link"] = policy["qr_link"]
    _keep_qr(policy["qr_link"])
    journey.step("policy, extract and QR downloaded")
    answer = journey.ok("POST", "/v1/validity-checks", json=question)
    journey.expect(answer["reason"] == "revoked", f"the certificate is {answer['status']}")
    journey.step("the policy has revoked the certificate")


def _keep(journey: Journey, person: str, document_type: str, application_id: str) -> Any:
    found, pdf = journey.document(person, document_type, application_id)
    (OUTPUT / f"{document_type}.pdf").write_bytes(pdf)
    return found


def _keep_qr(link: str) -> None:
    from chalicelib.adapters.documents.qr_code import qr_png

    (OUTPUT / "qr.png").write_bytes(qr_png(link))


def _blank_png() -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("L", (1240, 1754), 250).save(out, "PNG")
    return out.getvalue()


def _lookups(journey: Journey, facts: dict[str, Any]) -> None:
    me = journey.ok("GET", "/v1/me", person=CITIZEN)
    question = {"policy_number": facts["policy_number"], "born_on": me["born_on"], "consent": True}
    answer = journey.ok("POST", "/v1/validity-checks", json=question)
    journey.expect(answer["status"] == "valid", f"public lookup: {answer}")
    wrong = journey.ok("POST", "/v1/validity-checks", json={**question, "born_on": "1990-01-01"})
    journey.expect(wrong["status"] == "not_found", f"public lookup with a wrong date: {wrong}")
    journey.step("public lookup: valid, and nothing for a wrong birth date")
    journey.sign_in(CLINIC)
    document = journey.ok("GET", f"/v1/applications/{facts['application_id']}", person=CITIZEN)["form"]
    passport = {name: document["identity_document"][name] for name in ("type", "series", "number")}
    keys = (
        {"policy_number": facts["policy_number"]},
        {"snils": me["snils"]},
        {"document": passport},
        {"qr": facts["qr_link"]},
    )
    for key in keys:
        found = journey.ok("POST", "/v1/clinic/validity-checks", person=CLINIC, json=key)
        journey.expect(found["is_insured"], f"clinic lookup by {next(iter(key))}")
    past = {"policy_number": facts["policy_number"], "on": "2020-01-01"}
    found = journey.ok("POST", "/v1/clinic/validity-checks", person=CLINIC, json=past)
    journey.expect(not found["is_insured"], "insured before the policy began")
    journey.step("clinic lookup by ЕНП, СНИЛС, passport, QR and on a past date")


def _apply_for_change(journey: Journey, person: str, insurer: str, key: str) -> Any:
    change = {"code": insurer, "change_reason": "by_wish"}
    application_id = journey.draft(person, "insurer_change", change)
    journey.upload(person, application_id, passport_photo(), "image/jpeg")
    return journey.sign_and_submit(person, application_id, key=key)


def _insurer_change(journey: Journey, facts: dict[str, Any]) -> None:
    submitted = _apply_for_change(journey, CITIZEN, "77004", "demo-change")
    changed = journey.application(CITIZEN, submitted["id"], lambda found: found["effective_on"])
    facts["insurer_change"] = {"number": changed["number"], "effective_on": changed["effective_on"]}
    policy = journey.ok("GET", "/v1/me/insurance", person=CITIZEN)["policies"][0]
    journey.expect(len(policy["periods"]) == 2, "the history does not show both insurers")  # noqa: PLR2004 — two
    journey.expect(policy["policy_number"] == facts["policy_number"], "the ЕНП has changed")
    journey.step("insurer changed within 30 days of the first policy", effective_on=changed["effective_on"])


def _too_early(journey: Journey, facts: dict[str, Any]) -> None:
    application_id = journey.draft(CITIZEN, "insurer_change", {"code": "77008", "change_reason": "by_wish"})
    journey.upload(CITIZEN, application_id, passport_photo(), "image/jpeg")
    path = f"/v1/applications/{application_id}/signing-codes"
    problem = journey.refused(422, "POST", path, person=CITIZEN)
    journey.expect(problem.get("rule") and problem.get("possible_on"), f"no rule or date: {problem}")
    facts["refused_change"] = {"rule": problem["rule"], "possible_on": problem["possible_on"]}
    journey.step("another change refused with the rule and the first possible date", on=problem["possible_on"])


def _expiry(journey: Journey, pump: str) -> None:
    journey.sign_in(OTHER)
    journey.consent(OTHER)
    journey.hear_at_night(OTHER)
    application_id = journey.draft(OTHER, "first_policy", {"code": "77012"})
    journey.upload(OTHER, application_id, passport_photo(), "image/jpeg")
    journey.registers(kind="insured_person", behaviour="down", seconds=0)
    journey.sign_and_submit(OTHER, application_id, key="demo-expiry")
    waiting = journey.application(OTHER, application_id, lambda found: found["certificate_number"])
    number = waiting["certificate_number"]
    journey.expect(waiting["state"] == "in_processing", "a register that is down refused somebody")
    journey.step("a register that is down delays and never refuses", certificate=number)
    certificates = journey.ok("GET", "/v1/me/insurance", person=OTHER)["certificates"]
    ends_on = date.fromisoformat(next(c["valid_until"] for c in certificates if c["number"] == number))
    # The first SMS about it told of its issue; each run of the schedule adds one.
    for told, before in ((2, 7), (3, 1), (4, 0)):
        when = datetime.combine(ends_on - timedelta(days=before), time(12), tzinfo=UTC)
        answer = httpx.post(f"{pump}/fire/expire_certificates", json={"time": when.isoformat()}, timeout=30)
        journey.expect(answer.is_success, f"schedule: {answer.status_code} {answer.text[:200]}")
        journey.wait(f"the SMS {before} days before", partial(_has_told, journey, number, told))
    question = {"certificate_number": number, "consent": True}
    answer_now = journey.ok("POST", "/v1/validity-checks", json=question)
    journey.expect(answer_now["status"] == "not_valid", f"the certificate is {answer_now['status']}")
    journey.registers()
    journey.step("certificate warned of at 7 and 1 days and expired by the schedule")


def _has_told(journey: Journey, number: str, times: int) -> bool:
    return sum(number in message["Message"] for message in journey.sent_sms()) == times


def _activity(journey: Journey, facts: dict[str, Any]) -> None:
    items = journey.ok("GET", "/v1/me/activity?limit=100", person=CITIZEN)["items"]
    names = [item["action"] for item in reversed(items)]
    wanted = {"consent_given", "application_created", "application_submitted", "policy_issued", "insurance_viewed"}
    journey.expect(wanted <= set(names), f"the journal lacks {wanted - set(names)}")
    facts["activity"] = names
    journey.step("every step stands in the person's journal", entries=len(names))


def _write(journey: Journey, facts: dict[str, Any], began: float) -> None:
    content = {
        **facts,
        "seconds": round(perf_counter() - began, 1),
        "seconds_waiting_for_queues": round(journey.waited, 1),
        "steps": journey.steps,
    }
    (OUTPUT / "journey.json").write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")
    messages = {"sms": journey.sent_sms(), "email": journey.sent_mail()}
    (OUTPUT / "messages.json").write_text(json.dumps(messages, ensure_ascii=False, indent=2), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
