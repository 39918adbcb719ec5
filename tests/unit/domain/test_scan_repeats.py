"""The same failed image again: what counts as the same, and what never may."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.scan import PAGES_AT_MOST, Scan, ScanState, pages_allowed
from chalicelib.domain.scan_repeats import REPEATED, copied, refused_before, repeated
from chalicelib.domain.scan_verdict import MAX_PAGES, MESSAGES, refused
from chalicelib.domain.supporting_documents import DocumentKind

AT = datetime(2026, 3, 16, tzinfo=UTC)
PASSPORT, CARD = DocumentKind.IDENTITY_DOCUMENT, DocumentKind.SNILS_CARD


def scan(code: str = "blurred", **more: object) -> Scan:
    return replace(
        Scan(
            scan_id="s",
            application_id="a",
            person_id="p",
            document=PASSPORT,
            media_type="image/jpeg",
            object_key="scans/a/s",
            state=ScanState.ACCEPTED if code == "accepted" else ScanState.REJECTED,
            created_at=AT,
            code=code,
            message=MESSAGES[code],
            sha256="one",
        ),
        **more,
    )


def found(*scans: Scan, sha256: str = "one", document: DocumentKind = PASSPORT) -> Scan | None:
    return refused_before(scans=scans, sha256=sha256, document=document)


def test_a_file_that_was_refused_is_known_by_its_hash() -> None:
    assert found(scan("corrupted", sha256="two"), scan()) == scan()
    assert found(scan(), sha256="two") is None
    assert found() is None


@pytest.mark.parametrize("state", [ScanState.ACCEPTED, ScanState.REPLACED])
def test_a_file_that_was_accepted_is_never_refused_for_being_known(state: ScanState) -> None:
    assert found(scan(), scan("accepted", state=state)) is None


def test_an_upload_that_is_still_awaited_tells_nothing() -> None:
    awaited = scan(state=ScanState.AWAITING_UPLOAD, sha256="", code="accepted")
    assert found(awaited) is None
    assert found(awaited, scan()) == scan()


def test_the_first_refusal_tells_the_defect_and_not_its_repetitions() -> None:
    again = scan(REPEATED)
    assert found(again, scan(), again) == scan()
    assert found(again) is None


def test_too_many_pages_for_one_document_may_be_few_for_another() -> None:
    refusal = scan("too_many_pages", document=CARD)
    assert found(refusal, document=CARD) == refusal
    assert found(refusal, document=PASSPORT) is None
    assert found(scan(document=CARD), document=PASSPORT) is not None


def test_the_refusal_of_a_repetition_says_so_and_how_to_mend_the_defect() -> None:
    verdict = repeated(scan())
    assert (verdict.accepted, verdict.code) == (False, "same_as_refused")
    assert verdict.message == f"{MESSAGES['same_as_refused']} {MESSAGES['blurred']}"


FIELDS = st.lists(st.integers(min_value=3, max_value=252), min_size=256, max_size=256)


@given(fields=FIELDS, moves=st.lists(st.integers(min_value=-3, max_value=3), min_size=256, max_size=256))
def test_a_copy_is_found_however_its_fields_wave(fields: list[int], moves: list[int]) -> None:
    original = scan(fingerprint=bytes(fields).hex())
    copy = bytes(field + move for field, move in zip(fields, moves, strict=True)).hex()
    assert copied(scans=[original], fingerprint=copy, code="blurred") == original


@given(fields=FIELDS, at=st.integers(min_value=0, max_value=255), move=st.sampled_from([-4, 4]))
def test_one_field_that_is_further_off_makes_another_picture(fields: list[int], at: int, move: int) -> None:
    other = [*fields]
    other[at] = max(0, min(255, other[at] + move)) if 4 <= fields[at] <= 251 else (fields[at] + 128) % 256
    original = scan(fingerprint=bytes(fields).hex())
    assert copied(scans=[original], fingerprint=bytes(other).hex(), code="blurred") is None


def test_a_copy_with_another_defect_is_told_that_defect() -> None:
    original = scan(fingerprint="00" * 256)
    assert copied(scans=[original], fingerprint="00" * 256, code="too_small") is None


@pytest.mark.parametrize(("one", "other"), [("", ""), ("", "00"), ("00", ""), ("00", "0000")])
def test_pictures_without_a_comparable_fingerprint_are_no_copies(one: str, other: str) -> None:
    assert copied(scans=[scan(fingerprint=one)], fingerprint=other, code="blurred") is None


def test_each_kind_of_document_has_its_most_pages() -> None:
    assert pages_allowed(PASSPORT) == MAX_PAGES == 20
    assert pages_allowed(CARD) == 2
    assert all(0 < pages <= MAX_PAGES for pages in PAGES_AT_MOST.values())
    assert f"не более {MAX_PAGES}." in MESSAGES["too_many_pages"]
    assert "не более 2." in refused(code="too_many_pages", at_most=2).message
