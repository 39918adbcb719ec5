"""The list of applications: filtered before its pages are cut, at a bounded cost (requirement B8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from bench.calls import Counter
from chalicelib.adapters.dynamodb import applications as adapter
from chalicelib.domain.application import ApplicationKind
from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.numbers import application_number
from tests.journeys import coded, drafted, prepared, problem, sign, wrong_fields

if TYPE_CHECKING:
    from tests.world import World

HOW_MANY = 40
STATES = ("draft", "withdrawn", "expired")
KINDS = ("first_policy", "insurer_change")


def listed(world: World, query: str = "", *, most: int = 100) -> list[list[dict[str, Any]]]:
    """All pages of a list."""
    pages, cursor = [], ""
    for _ in range(most):
        page = world.ok("GET", f"/v1/applications?{query}{cursor}")
        pages.append(page["items"])
        if page["next_cursor"] is None:
            return pages
        cursor = f"&cursor={page['next_cursor']}"
    raise AssertionError("the list never ends")


def ids(pages: list[list[dict[str, Any]]]) -> list[str]:
    return [application["id"] for page in pages for application in page]


@pytest.fixture(scope="class")
def history(shared_world: World) -> list[tuple[str, str, str]]:
    """Many applications of one person, newest first: id, state, kind. States and kinds fall by chance."""
    first = drafted(shared_world)
    pattern = shared_world.tools.store.application_file(application_id=first).application
    chance = Random(5)
    made = [(first, "draft", "first_policy")]
    for number in range(1, HOW_MANY):
        at = shared_world.tools.at + timedelta(minutes=number)
        state, kind = chance.choice(STATES), chance.choice(KINDS)
        application_id = shared_world.tools.ids.new_id(at=at)
        work = shared_world.tools.store.work(at=at)
        work.create(
            replace(
                pattern,
                application_id=application_id,
                state=ApplicationState(state),
                kind=ApplicationKind(kind),
                created_at=at,
                updated_at=at,
            )
        )
        work.commit()
        made.append((application_id, state, kind))
    return made[::-1]


class TestFilters:
    """Of a person with many applications."""

    @pytest.mark.parametrize("limit", [3, 20, 60])
    @pytest.mark.parametrize("kind", ["", "insurer_change"])
    @pytest.mark.parametrize("state", ["", "draft", "expired", "approved"])
    def test_pages_are_full_and_together_hold_all_that_is_wanted_once(
        self, shared_world: World, history: list[tuple[str, str, str]], state: str, kind: str, limit: int
    ) -> None:
        wanted = [i for i, s, k in history if state in {"", s} and kind in {"", k}]
        query = "&".join(
            [f"limit={limit}", *([f"state={state}"] if state else []), *([f"kind={kind}"] if kind else [])]
        )
        pages = listed(shared_world, query)
        assert ids(pages) == wanted
        assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
        assert len(pages) == max(1, -(-len(wanted) // limit))

    @pytest.mark.parametrize("at_once", [1, 2, 3, 50])
    def test_costs_a_bounded_number_of_calls_and_loses_nothing(
        self,
        shared_world: World,
        history: list[tuple[str, str, str]],
        monkeypatch: pytest.MonkeyPatch,
        at_once: int,
    ) -> None:
        monkeypatch.setattr(adapter, "READ_AT_ONCE", at_once)
        counter = Counter()
        found, cursor = [], ""
        while True:
            with counter.measuring("page", limit=adapter.CALLS):
                page = shared_world.ok("GET", f"/v1/applications?limit=4&state=expired&kind=first_policy{cursor}")
            found += [application["id"] for application in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert found == [i for i, s, k in history if (s, k) == ("expired", "first_policy")]
        assert all(budget.kept for budget in counter.found)

    def test_costs_one_call_without_a_filter(self, shared_world: World, history: list[tuple[str, str, str]]) -> None:
        counter = Counter()
        with counter.measuring("page", limit=1):
            shared_world.ok("GET", "/v1/applications?limit=10")
        assert counter.found[0].kept

    def test_goes_on_where_it_was_though_the_filter_changes(
        self, shared_world: World, history: list[tuple[str, str, str]]
    ) -> None:
        page = shared_world.ok("GET", "/v1/applications?limit=10&state=draft")
        last = page["items"][-1]["id"]
        rest = listed(shared_world, f"limit=50&kind=insurer_change&cursor={page['next_cursor']}", most=1)
        older = [i for i, _, k in history if k == "insurer_change" and i < last]
        assert ids(rest) == older

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("kind=plastic", "kind"),
            ("state=x", "state"),
            ("kind=", "kind"),
            ("number=1", "number"),
            ("number=", "number"),
        ],
    )
    def test_says_what_is_wrong_with_a_filter(self, shared_world: World, query: str, field: str) -> None:
        answer = shared_world.call("GET", f"/v1/applications?{query}")
        assert wrong_fields(problem(answer, 422, "validation_failed")).keys() == {field}


def test_finds_a_number_among_however_many_in_two_calls(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = prepared(world)
    number = sign(world, draft, coded(world, draft)).json()["number"]
    for _ in range(12):
        drafted(world)
    monkeypatch.setattr(adapter, "READ_AT_ONCE", 1)
    counter = Counter()
    with counter.measuring("by number", limit=2):
        found = world.ok("GET", f"/v1/applications?number={number}")
    assert (ids([found["items"]]), found["next_cursor"]) == ([draft], None)
    assert counter.found[0].kept

    for query, expected in (
        (f"number={number.replace('-', '')}&state=in_processing&kind=first_policy", [draft]),
        (f"number={number}&state=draft", []),
        (f"number={number}&kind=insurer_change", []),
    ):
        assert ids(listed(world, query)) == expected
    nobodys = application_number(serial_or_random=99_999_999, on=date(2026, 3, 16))
    assert ids(listed(world, f"number={nobodys}")) == []
    drafted(world, person="insured")
    assert world.ok("GET", f"/v1/applications?number={number}", person="insured")["items"] == []
