from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import ValidationFailed
from chalicelib.http.pagination import decode_cursor, encode_cursor

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.dictionaries(text, text, min_size=1, max_size=4))
def test_reads_back_every_cursor_it_made(key):
    assert decode_cursor(encode_cursor(key)) == key


def test_has_no_cursor_for_the_first_and_after_the_last_page():
    assert encode_cursor(None) is None
    assert decode_cursor(None) is None


@given(st.one_of(st.text(), st.sampled_from(["e30", "W10", "eyJhIjoxfQ", "bnVsbA", "a" * 3000])))
def test_refuses_anything_else(cursor):
    with pytest.raises(ValidationFailed) as caught:
        decode_cursor(cursor)
    assert caught.value.errors[0].code == "invalid_cursor"
