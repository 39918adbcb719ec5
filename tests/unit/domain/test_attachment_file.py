"""The monthly file of attachments: its lines, its metadata, and who is in it (requirement J2; DOMAIN 6.10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.domain.attachment import AttachmentMethod
from chalicelib.domain.attachment_file import (
    AttachmentLine,
    belongs_to,
    detached_in,
    file_name,
    file_text,
    read_month,
)
from chalicelib.domain.errors import InvalidValue
from tests.unit.domain.test_attachment import STOOD

MARCH = read_month("2026-03")


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-3", "2026-13", "2026-00", "2010-12", "03-2026", "２０２６-03", "2026-03-01"]
)
def test_a_month_is_written_in_one_way(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_month(text)
    assert refused.value.reason == "month_format"


def test_december_is_followed_by_january() -> None:
    december = read_month("2026-12")
    assert (december.first, december.last, december.following) == (
        date(2026, 12, 1),
        date(2026, 12, 31),
        date(2027, 1, 1),
    )


@pytest.mark.parametrize(
    ("attached_on", "detached_on", "is_in", "last_day"),
    [
        (date(2026, 3, 31), None, True, None),
        (date(2026, 4, 1), None, False, None),
        (date(2025, 1, 1), date(2026, 3, 1), False, date(2026, 2, 28)),
        (date(2025, 1, 1), date(2026, 3, 2), True, date(2026, 3, 1)),
        (date(2025, 1, 1), date(2026, 4, 1), True, date(2026, 3, 31)),
        (date(2025, 1, 1), date(2026, 4, 2), True, None),
        (None, None, False, None),
    ],
)
def test_who_stood_in_the_month_is_in_its_file(
    attached_on: date | None, detached_on: date | None, is_in: bool, last_day: date | None
) -> None:
    found = replace(STOOD, attached_on=attached_on, detached_on=detached_on)
    assert (belongs_to(found, MARCH), detached_in(found, MARCH)) == (is_in, last_day)


def test_the_file_as_order_79_has_it() -> None:
    line = AttachmentLine(
        policy_letter="Ц",
        policy_id="7754900885000012",
        policy_number="7754900885000012",
        clinic_code="770001",
        method=AttachmentMethod.ELECTRONIC_APPLICATION,
        attached_on=date(2026, 3, 17),
        detached_on=date(2026, 3, 30),
    )
    text = file_text(okato="45000", part=1, month=MARCH, lines=[line, replace(line, detached_on=None)])
    assert text.split("\r\n") == [
        "01.01;45000;001;20260331",
        "Ц;7754900885000012;7754900885000012;770001;3;;20260317;20260330",
        "Ц;7754900885000012;7754900885000012;770001;3;;20260317;",
        "",
    ]
    assert file_name(okato="45000", part=1, month=MARCH) == "M45000001_202603.csv"
