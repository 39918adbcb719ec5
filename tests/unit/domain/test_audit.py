from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.audit import (
    GENESIS,
    Action,
    Actor,
    Break,
    ChainHead,
    Fault,
    append,
    find_breaks,
    is_whole,
)

NOW = datetime(2026, 3, 16, 9, tzinfo=UTC)
words = st.text(max_size=8)
actors = st.builds(Actor, kind=words, actor_id=words, organisation=words)
actions = st.builds(
    Action,
    name=words,
    at=st.datetimes(timezones=st.just(UTC)),
    actor=actors,
    details=st.dictionaries(words, words, max_size=3),
)


def chained(actions_, chain="application:1"):
    head, entries = ChainHead(), []
    for number, action in enumerate(actions_):
        entry, head = append(head=head, chain=chain, entry_id=str(number), action=action)
        entries.append(entry)
    return entries, head


CHANGES = [
    lambda a: replace(a, name=a.name + "x"),
    lambda a: replace(a, at=a.at + timedelta(microseconds=1)),
    lambda a: replace(a, actor=replace(a.actor, kind=a.actor.kind + "x")),
    lambda a: replace(a, actor=replace(a.actor, actor_id=a.actor.actor_id + "x")),
    lambda a: replace(a, actor=replace(a.actor, organisation=a.actor.organisation + "x")),
    lambda a: replace(a, details={**a.details, "more": "x"}),
]


def test_an_empty_chain_is_whole():
    assert is_whole(entries=[], head=ChainHead())
    assert ChainHead() == ChainHead(sequence=0, digest=GENESIS)


@given(st.lists(actions, max_size=5))
def test_an_untouched_chain_is_whole(done):
    entries, head = chained(done)

    assert is_whole(entries=entries, head=head)
    assert [entry.sequence for entry in entries] == list(range(1, len(done) + 1))


@given(st.lists(actions, min_size=1, max_size=4), st.data())
def test_any_changed_field_is_seen(done, data):
    entries, head = chained(done)
    place = data.draw(st.integers(0, len(entries) - 1))
    change = data.draw(st.sampled_from(CHANGES))
    entries[place] = replace(entries[place], action=change(entries[place].action))

    assert not is_whole(entries=entries, head=head)


@given(st.lists(actions, min_size=1, max_size=4), st.data())
def test_a_missing_entry_is_seen(done, data):
    entries, head = chained(done)
    del entries[data.draw(st.integers(0, len(entries) - 1))]

    assert not is_whole(entries=entries, head=head)


@given(st.lists(actions, min_size=2, max_size=4), st.data())
def test_another_order_is_seen(done, data):
    entries, head = chained(done)
    first = data.draw(st.integers(0, len(entries) - 2))
    entries[first], entries[first + 1] = entries[first + 1], entries[first]

    assert not is_whole(entries=entries, head=head)


@given(st.lists(actions, min_size=1, max_size=3), actions)
def test_an_added_or_repeated_entry_is_seen(done, more):
    entries, head = chained(done)
    added, _ = append(head=head, chain="application:1", entry_id="z", action=more)

    assert not is_whole(entries=[*entries, added], head=head)
    assert not is_whole(entries=[*entries, entries[-1]], head=head)


def test_an_entry_of_another_chain_is_seen():
    action = Action(name="a", at=NOW, actor=Actor(kind="system"))
    entries, head = chained([action])

    assert not is_whole(entries=[replace(entries[0], chain="application:2")], head=head)


@pytest.mark.parametrize("field", ["digest", "previous"])
def test_a_forged_hash_is_seen(field):
    action = Action(name="a", at=NOW, actor=Actor(kind="system"))
    entries, head = chained([action])

    assert not is_whole(entries=[replace(entries[0], **{field: "f" * 64})], head=head)


CHAINS = st.lists(actions, min_size=1, max_size=6)


@given(CHAINS, st.data())
def test_finds_no_break_in_a_chain_whatever_the_order_of_its_entries(done, data):
    entries, head = chained(done)
    shuffled = data.draw(st.permutations(entries))
    known = data.draw(st.integers(0, len(entries)))
    earlier = ChainHead(sequence=known, digest=entries[known - 1].digest if known else GENESIS)

    assert find_breaks(entries=shuffled, head=head) == ()
    assert find_breaks(entries=shuffled, head=earlier) == ()
    assert find_breaks(entries=shuffled) == ()
    assert is_whole(entries=entries, head=head)


@given(CHAINS, st.data())
def test_finds_no_break_in_a_part_of_a_chain_that_begins_within_it(done, data):
    entries, head = chained(done)
    first = data.draw(st.integers(0, len(entries)))
    last = data.draw(st.integers(first, len(entries)))

    assert find_breaks(entries=entries[first:last], is_from_start=False) == ()
    assert find_breaks(entries=entries[first:], head=head, is_from_start=False) == ()


@given(CHAINS, st.data())
def test_tells_where_an_entry_was_altered(done, data):
    entries, head = chained(done)
    place = data.draw(st.integers(0, len(entries) - 1))
    change = data.draw(st.sampled_from(CHANGES))
    entries[place] = replace(entries[place], action=change(entries[place].action))

    assert find_breaks(entries=entries, head=head) == (Break(sequence=place + 1, fault=Fault.ALTERED),)


@given(CHAINS, st.data())
def test_tells_where_entries_miss(done, data):
    entries, head = chained(done)
    first = data.draw(st.integers(0, len(entries) - 1))
    last = data.draw(st.integers(first + 1, len(entries)))
    del entries[first:last]
    fault = Fault.MISSING if first < len(entries) else Fault.CUT_OFF

    assert find_breaks(entries=entries, head=head) == (Break(sequence=first + 1, fault=fault),)


@given(CHAINS, st.data())
def test_tells_which_entry_is_there_twice(done, data):
    entries, head = chained(done)
    place = data.draw(st.integers(0, len(entries) - 1))

    found = find_breaks(entries=[*entries, entries[place]], head=head)

    assert found == (Break(sequence=place + 1, fault=Fault.REPEATED),)


@given(CHAINS, actions)
def test_tells_that_a_chain_was_made_anew_behind_a_known_head(done, other):
    entries, head = chained(done)
    forged, _ = chained([*done[:-1], replace(other, name=done[-1].name + "x")])

    assert find_breaks(entries=forged) == ()
    assert find_breaks(entries=forged, head=head) == (Break(sequence=len(done), fault=Fault.UNLINKED),)
    assert find_breaks(entries=[*entries[:-1], forged[-1]], head=head) == (
        Break(sequence=len(done), fault=Fault.UNLINKED),
    )


@given(CHAINS, CHAINS)
def test_tells_where_another_chain_was_put_in(done, others):
    entries, head = chained(done)
    foreign, _ = chained([replace(action, name=action.name + "x") for action in others])
    joined = [*foreign, *entries[len(foreign) :]]
    if len(foreign) < len(entries):
        assert find_breaks(entries=joined, head=head) == (Break(sequence=len(foreign) + 1, fault=Fault.UNLINKED),)
    else:
        assert Break(sequence=len(done), fault=Fault.UNLINKED) in find_breaks(entries=joined, head=head)


def test_an_empty_chain_that_has_a_head_was_cut_off():
    head = ChainHead(sequence=2, digest="f" * 64)

    assert find_breaks(entries=[], head=head) == (Break(sequence=1, fault=Fault.CUT_OFF),)
    assert find_breaks(entries=[], head=head, is_from_start=False) == ()
    assert find_breaks(entries=[], head=ChainHead()) == ()
