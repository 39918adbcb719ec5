from __future__ import annotations

from datetime import date

import pytest

from chalicelib.domain.application import ApplicantCategory, ApplicationKind
from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.form_sections import SECTIONS
from chalicelib.domain.identity_document_types import IDENTITY_DOCUMENT_TYPES
from chalicelib.domain.matrix import MATRIX, matrix_row
from chalicelib.domain.supporting_documents import DOCUMENT_TITLES, DocumentKind

ROWS = pytest.mark.parametrize("row", MATRIX, ids=lambda row: f"{row.category.value}-{row.kind.value}")


@ROWS
def test_a_row_asks_for_what_the_form_has(row):
    assert all(path.split(".")[1] in SECTIONS[path.split(".")[0]] for path in row.fields)
    assert row.identity_documents <= set(IDENTITY_DOCUMENT_TYPES)
    assert not row.documents & row.optional_documents


@ROWS
def test_a_row_cites_its_article(row):
    assert "ст." in row.article
    assert row.title


@ROWS
def test_a_certificate_waits_for_some_of_the_checks_only(row):
    assert row.waits_for < set(row.checks)
    assert row.certificate or not row.waits_for
    assert 0 < row.decision_days <= 30


@pytest.mark.parametrize("kind", [row.kind for row in MATRIX if row.category is ApplicantCategory.CITIZEN_14_PLUS])
def test_finds_the_row_in_force(kind):
    row = matrix_row(category=ApplicantCategory.CITIZEN_14_PLUS, kind=kind, on=date(2026, 3, 16))

    assert row.kind is kind


def test_refuses_what_is_not_foreseen_yet():
    with pytest.raises(RuleRefused) as refusal:
        matrix_row(category=ApplicantCategory.CITIZEN_14_PLUS, kind=ApplicationKind.FIRST_POLICY, on=date(2022, 11, 30))

    assert refusal.value.reason == "kind_not_available"


def test_every_document_has_a_title():
    assert set(DOCUMENT_TITLES) == set(DocumentKind)
