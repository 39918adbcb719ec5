"""Exports of the journal: a person's own and an auditor's, verified from the files alone (requirements A7, P1)."""

from __future__ import annotations

import copy
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bench.calls import Counter
from chalicelib.use_cases import export_journal
from infra import verify_journal
from tests.journeys import actions, consented, drafted, insured, policy, prepared, problem, submitted, wrong_fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.world import World

ROOT = Path(__file__).parents[2]
OWN = "/v1/me/activity/export"
OF_AUDITORS = "/v1/auditor/journal-exports"
PERSONAL = ("Примеров", "Анна", "1990-05-14", "900001", "citizen@", "+7900")
ACCOUNT = re.compile(r"[a-z2-7]{26}")


def own(world: World, query: str = "", *, person: str = "citizen") -> list[dict[str, Any]]:
    """All pages of a person's own export."""
    pages, cursor = [], ""
    while True:
        page = world.ok("GET", f"{OWN}?{query}{cursor}", person=person)
        pages.append(page)
        if page["next_cursor"] is None:
            return pages
        cursor = f"&cursor={page['next_cursor']}"


def audited(world: World, **order: str) -> list[dict[str, Any]]:
    """All pages of an auditor's export."""
    pages: list[dict[str, Any]] = []
    while True:
        page = world.ok("POST", OF_AUDITORS, person="auditor", json=order)
        pages.append(page)
        if page["next_cursor"] is None:
            return pages
        order["cursor"] = page["next_cursor"]


def entries(pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entry for page in pages for entry in page["entries"]]


def judged(tmp_path: Path, pages: list[dict[str, Any]]) -> tuple[int, str]:
    """Run the verifier as people do, by its command, in a process that has nothing but the files."""
    files = []
    for number, page in enumerate(pages):
        files.append(tmp_path / f"page-{number}.json")
        files[-1].write_text(json.dumps(page, ensure_ascii=False), encoding="utf-8")
    command = [sys.executable, "-S", "-m", "infra.verify_journal", *map(str, files)]
    done = subprocess.run(command, cwd=ROOT, env={}, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="class")
def export(shared_world: World) -> dict[str, Any]:
    insured(shared_world)
    (page,) = own(shared_world)
    return page


class TestOwnExport:
    """What a person takes along."""

    def test_holds_the_whole_journal_oldest_first_and_is_whole(self, world: World, tmp_path: Path) -> None:
        insured(world)
        world.drain()
        shown = actions(world)
        pages = own(world)
        assert [e["action"] for e in entries(pages)] == [a["action"] for a in reversed(shown)]
        assert [e["digest"] for e in entries(pages)] == [a["digest"] for a in reversed(shown)]
        kinds = {chain["chain"].partition(":")[0] for chain in pages[0]["heads"]}
        assert kinds == {"application", "person", "policy", "scan"}
        status, said = judged(tmp_path, pages)
        assert (status, said) == (0, f"{len(shown)} entries in 4 chains: whole\n")

    def test_digests_are_as_the_document_says(self, world: World) -> None:
        insured(world)
        found = entries(own(world))
        for entry in found:
            actor = entry["actor"]
            parts = [
                *(entry[name] for name in ("chain", "sequence", "previous", "action", "at")),
                [actor["kind"], actor["id"], actor["organisation"]],
                sorted(entry["details"].items()),
            ]
            text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
            assert hashlib.sha256(text.encode()).hexdigest() == entry["digest"]

    def test_has_a_head_for_every_chain_also_of_views_and_certificates(self, world: World, tmp_path: Path) -> None:
        from chalicelib.domain.checks import CheckKind

        world.tools.registers.pending(CheckKind.INSURED_PERSON)
        submitted(world)
        world.drain(rounds=6)
        snils = world.ok("GET", "/v1/me")["snils"]
        world.ok("POST", "/v1/clinic/validity-checks", person="registrar", json={"snils": snils})
        pages = own(world)
        chains = {e["chain"] for e in entries(pages)}
        assert {c.partition(":")[0] for c in chains} == {"application", "person", "scan", "certificate", "views"}
        assert {h["chain"] for h in pages[0]["heads"]} == chains
        assert judged(tmp_path, pages)[0] == 0

    def test_comes_in_pages_that_are_verified_together(
        self, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        insured(world)
        whole = entries(own(world))
        monkeypatch.setattr(export_journal, "PAGE", 3)
        pages = own(world)
        assert len(pages) == -(-len(whole) // 3)
        assert entries(pages) == whole
        assert [page["heads"] is not None for page in pages] == [True, *[False] * (len(pages) - 1)]
        assert judged(tmp_path, pages[::-1])[0] == 0
        for missing in (0, len(pages) - 1):
            status, said = judged(tmp_path, [p for n, p in enumerate(pages) if n != missing])
            assert status == 2, said
        assert judged(tmp_path, [p for n, p in enumerate(pages) if n != 1])[0] == 1

    def test_stays_whole_though_the_journal_grows_between_its_pages(
        self, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drafted(world)
        monkeypatch.setattr(export_journal, "PAGE", 1)
        pages = [world.ok("GET", OWN)]
        world.sleep(minutes=1)
        prepared(world)
        while cursor := pages[-1]["next_cursor"]:
            pages.append(world.ok("GET", f"{OWN}?cursor={cursor}"))
        assert len(entries(pages)) == len(actions(world))
        status, said = judged(tmp_path, pages)
        assert status == 0, said

    def test_gives_a_period_by_days_of_moscow(self, world: World, tmp_path: Path) -> None:
        drafted(world)
        world.sleep(days=2)
        drafted(world)
        world.sleep(days=2)
        drafted(world)
        for query, days in (
            ("since=2026-03-17", {"2026-03-18", "2026-03-20"}),
            ("since=2026-03-17&until=2026-03-20", {"2026-03-18"}),
            ("until=2026-03-18", {"2026-03-16"}),
            ("since=2026-03-21", set()),
        ):
            pages = own(world, query)
            assert {e["at"][:10] for e in entries(pages)} == days
            status, said = judged(tmp_path, pages)
            assert status == 0, said
        world.tools.at = world.tools.at.replace(day=24, hour=22)  # one in the morning of the 25th
        drafted(world)
        assert entries(own(world, "since=2026-03-25"))
        assert not entries(own(world, "since=2026-03-24&until=2026-03-25"))

    def test_is_ones_own_only_and_holds_nothing_personal(self, world: World) -> None:
        insured(world)
        consented(world, person="insured")
        mine, theirs = own(world), own(world, person="insured")
        assert {e["person"] for e in entries(mine)} & {e["person"] for e in entries(theirs)} == set()
        assert [e["action"] for e in entries(theirs)] == ["consent_given"]
        text = json.dumps(mine, ensure_ascii=False)
        assert not any(word in text for word in (*PERSONAL, policy(world)["policy_number"]))

    def test_is_empty_before_anything_was_done(self, world: World, tmp_path: Path) -> None:
        pages = own(world)
        assert (entries(pages), pages[0]["heads"]) == ([], [])
        assert judged(tmp_path, pages) == (0, "0 entries in 0 chains: whole\n")

    def test_costs_a_call_for_each_application_on_its_first_page_only(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drafted(world)
        drafted(world)
        monkeypatch.setattr(export_journal, "PAGE", 1)
        counter = Counter()
        with counter.measuring("first", limit=5):
            first = world.ok("GET", OWN)
        with counter.measuring("second", limit=1):
            world.ok("GET", f"{OWN}?cursor={first['next_cursor']}")
        assert [len(budget.calls) for budget in counter.found] == [5, 1]


class TestQuestions:
    """What cannot be exported."""

    @pytest.mark.parametrize(
        ("query", "fields"),
        [
            ("since=2026-03-18&until=2026-03-18", {"until": "empty_period"}),
            ("since=2026-03-19&until=2026-03-18", {"until": "empty_period"}),
            ("since=2019-12-31", {"since": "too_small"}),
            ("until=9999-12-31", {"until": "too_large"}),
            ("since=1767225600", {"since": "not_a_date"}),
            ("since=2026-02-30&until=x", {"since": "not_a_date", "until": "not_a_date"}),
            ("cursor=!!!", {"cursor": "invalid_cursor"}),
            ("cursor=eyJhZnRlciI6Ii4uLyJ9", {"cursor": "invalid_cursor"}),
            ("limit=5", {"limit": "unknown_field"}),
        ],
    )
    def test_says_what_is_wrong_with_a_question(self, shared_world: World, query: str, fields: dict[str, str]) -> None:
        answer = shared_world.call("GET", f"{OWN}?{query}")
        assert wrong_fields(problem(answer, 422, "validation_failed")) == fields

    @pytest.mark.parametrize("person", ["citizen", "registrar", "operator", "fund", "administrator"])
    def test_is_for_auditors_only(self, shared_world: World, person: str) -> None:
        problem(shared_world.call("POST", OF_AUDITORS, person=person, json={"snils": "112-233-445 95"}), 403)

    @pytest.mark.parametrize(
        "key", [{"snils": "112-233-445 95"}, {"policy_number": "7856130840000017"}, {"person": "a" * 26}]
    )
    def test_knows_nobody_else(self, shared_world: World, key: dict[str, str]) -> None:
        problem(shared_world.call("POST", OF_AUDITORS, person="auditor", json=key), 404, "not_found")

    @pytest.mark.parametrize(
        ("order", "fields"),
        [
            ({}, {"since": "required", "until": "required"}),
            ({"since": "2026-03-16"}, {"until": "required"}),
            ({"since": "2026-03-16", "until": "2026-03-16"}, {"until": "empty_period"}),
            ({"since": "2025-03-01", "until": "2026-03-16"}, {"until": "period_too_long"}),
            ({"since": "2026-03-01", "until": "2026-03-17"}, {"until": "period_not_over"}),
            ({"snils": "112-233-445 95", "person": "a" * 26}, {"key": "one_key_required"}),
            ({"snils": "112-233-445 96"}, {"snils": None}),
            ({"policy_number": "1"}, {"policy_number": None}),
            ({"person": "../etc"}, {"person": "wrong_format"}),
            ({"since": "2026-03-14", "until": "2026-03-15", "cursor": "W10"}, {"cursor": "invalid_cursor"}),
        ],
    )
    def test_says_what_is_wrong_with_an_order(
        self, shared_world: World, order: dict[str, str], fields: dict[str, str | None]
    ) -> None:
        answer = shared_world.call("POST", OF_AUDITORS, person="auditor", json=order)
        found = wrong_fields(problem(answer, 422, "validation_failed"))
        assert found.keys() == fields.keys()
        assert all(code in {None, found[name]} for name, code in fields.items())

    @pytest.mark.parametrize(
        "place",
        ["2026-02-30.0.", "2026-03-14.0.x", "2020-01-01.0.", "2026-03-18.0.", "2026-03-14", "0001-01-01.9.", ""],
    )
    def test_refuses_cursors_that_it_did_not_make(self, shared_world: World, place: str) -> None:
        from chalicelib.http.pagination import encode_cursor

        order = {"since": "2026-03-14", "until": "2026-03-15", "cursor": encode_cursor({"after": place})}
        answer = shared_world.call("POST", OF_AUDITORS, person="auditor", json=order)
        assert wrong_fields(problem(answer, 422)) == {"cursor": "invalid_cursor"}


class TestVerifier:
    """What the command says of files that somebody changed."""

    TAMPERINGS: tuple[tuple[str, Callable[[dict[str, Any]], object], str], ...] = (
        ("an action", lambda page: page["entries"][2].update(action="other"), "does not fit its digest"),
        ("a moment", lambda page: page["entries"][2].update(at="2026-03-16T09:00:01+00:00"), "does not fit its digest"),
        ("an actor", lambda page: page["entries"][2]["actor"].update(id="x"), "does not fit its digest"),
        ("a detail", lambda page: page["entries"][2]["details"].update(more="x"), "does not fit its digest"),
        ("a digest", lambda page: page["entries"][2].update(digest="0" * 64), "does not fit its digest"),
        ("a link", lambda page: page["entries"][2].update(previous="1" * 64), "does not fit its digest"),
        ("no entry", lambda page: page["entries"].pop(2), "it is missing"),
        ("no end", lambda page: page["entries"].pop(), "it is missing"),
        ("a copy", lambda page: page["entries"].append(page["entries"][2]), "more than once"),
        ("a head", lambda page: page["heads"][0].update(digest="0" * 64), "does not continue"),
        ("a longer head", lambda page: page["heads"][0].update(sequence=99), "up to the head"),
    )

    @pytest.mark.parametrize(("tamper", "said"), [t[1:] for t in TAMPERINGS], ids=[t[0] for t in TAMPERINGS])
    def test_tells_where_an_export_is_broken(
        self, export: dict[str, Any], tmp_path: Path, tamper: Callable[[dict[str, Any]], object], said: str
    ) -> None:
        page = copy.deepcopy(export)
        tamper(page)
        status, report = judged(tmp_path, [page])
        assert status == 1, report
        assert re.search(rf"^broken: chain [a-z]+:\S+, entry \d+: .*{re.escape(said)}", report, re.MULTILINE), report

    @pytest.mark.parametrize("field", ["id", "chain", "sequence", "at", "action", "actor", "previous", "digest"])
    def test_no_field_can_miss(self, export: dict[str, Any], tmp_path: Path, field: str) -> None:
        page = copy.deepcopy(export)
        del page["entries"][0][field]
        assert judged(tmp_path, [page])[0] == 2

    @pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"format": "polis.journal.1"}', '{"format": "other"}'])
    def test_says_that_other_files_are_no_exports(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
    ) -> None:
        path = tmp_path / "other.json"
        path.write_text(text, encoding="utf-8")
        assert verify_journal.main([str(path)]) == 2
        assert "cannot be verified" in capsys.readouterr().err

    def test_says_that_a_file_is_not_there(self, tmp_path: Path) -> None:
        assert verify_journal.main([str(tmp_path / "nothing.json")]) == 2

    def test_does_not_mix_pages_of_different_exports(self, export: dict[str, Any], tmp_path: Path) -> None:
        other = {**export, "person": "b" * 26}
        assert judged(tmp_path, [export, other])[0] == 2
        assert judged(tmp_path, [export, export])[0] == 2


class TestAuditor:
    """What an auditor may take, and what remains of it."""

    def test_exports_a_persons_journal_by_every_key_and_notes_it_there(self, world: World, tmp_path: Path) -> None:
        insured(world)
        before = len(actions(world))
        person = entries(own(world))[0]["person"]
        keys = (
            {"policy_number": policy(world)["policy_number"]},
            {"snils": world.ok("GET", "/v1/me")["snils"]},
            {"person": person},
        )
        for number, key in enumerate(keys, start=1):
            world.sleep(minutes=1)
            pages = audited(world, **key)
            assert len(entries(pages)) == before + number
            assert judged(tmp_path, pages)[0] == 0
            noted = actions(world)[0]
            assert (noted["action"], noted["by"], noted["details"]) == (
                "journal_exported",
                "auditor",
                {"scope": "person"},
            )
            text = json.dumps(pages, ensure_ascii=False)
            assert not any(word in text for word in (*PERSONAL, policy(world)["policy_number"]))
            assert {page["person"] for page in pages} == {person}

    def test_exports_everybodys_journal_of_a_period(self, world: World, tmp_path: Path) -> None:
        drafted(world)
        world.sleep(days=1)
        drafted(world, person="insured")
        world.sleep(days=1)
        consented(world, person="later")
        world.sleep(days=1)
        pages = audited(world, since="2026-03-17", until="2026-03-19")
        found = entries(pages)
        assert sorted({e["at"][:10] for e in found}) == ["2026-03-17", "2026-03-18"]
        assert len({e["person"] for e in found}) == 2
        assert all(ACCOUNT.fullmatch(e["person"]) for e in found)
        status, said = judged(tmp_path, pages)
        assert status == 0
        assert "begins within the chains" in said
        assert "no heads" in said

    def test_a_tampered_period_is_seen_too(self, world: World, tmp_path: Path) -> None:
        insured(world)
        world.sleep(days=1)
        (page,) = audited(world, since="2026-03-16", until="2026-03-17")
        changed = copy.deepcopy(page)
        changed["entries"][1]["action"] = "other"
        assert judged(tmp_path, [changed])[0] == 1

    def test_notes_the_export_of_a_period_in_a_journal_that_auditors_see(self, world: World) -> None:
        order = {"since": "2026-03-15", "until": "2026-03-16"}
        assert entries(audited(world, **order)) == entries(audited(world, **order)) == []
        world.sleep(days=1)
        noted = sorted(entries(audited(world, since="2026-03-16", until="2026-03-17")), key=lambda e: e["sequence"])
        assert [(e["action"], e["sequence"], e["actor"]["kind"]) for e in noted] == [
            ("journal_exported", 1, "auditor"),
            ("journal_exported", 2, "auditor"),
        ]
        assert noted[0]["details"] == {
            "scope": "everybody",
            "since": "2026-03-14T21:00:00+00:00",
            "until": "2026-03-15T21:00:00+00:00",
        }

    def test_reads_a_long_period_in_pages_of_bounded_cost(
        self, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(4):
            drafted(world)
            world.sleep(days=40)
        monkeypatch.setattr(export_journal, "PAGE", 2)
        order = {"since": "2026-03-01", "until": "2026-08-01"}
        counter = Counter()
        pages: list[dict[str, Any]] = []
        while not pages or pages[-1]["next_cursor"]:
            with counter.measuring("page", limit=43):
                pages.append(world.ok("POST", OF_AUDITORS, person="auditor", json=order))
            order["cursor"] = pages[-1]["next_cursor"]
        assert all(budget.kept for budget in counter.found)
        assert max(len(page["entries"]) for page in pages) == 2
        drafts = [e for e in entries(pages) if e["action"] == "application_created"]
        assert len(drafts) == len({e["id"] for e in drafts}) == 4
        assert judged(tmp_path, pages)[0] == 0
