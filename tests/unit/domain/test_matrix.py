from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain import matrix
from chalicelib.domain.application import ApplicantCategory, ApplicationKind
from chalicelib.domain.category_rules import CATEGORY_RULES
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.form_sections import SECTIONS
from chalicelib.domain.identity_document_types import IDENTITY_DOCUMENT_TYPES
from chalicelib.domain.kind_rules import KIND_RULES
from chalicelib.domain.matrix import EVERYBODY, MATRIX, matrix_row, represented
from chalicelib.domain.policy_term import TermProfile
from chalicelib.domain.representation import RELATIONS, Relation
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


class TestInForce:
    """A changed demand is a new row: each day has its own."""

    CITIZEN, FIRST = ApplicantCategory.CITIZEN_14_PLUS, ApplicationKind.FIRST_POLICY

    def test_the_newest_row_of_a_day_is_taken(self, monkeypatch):
        old = matrix_row(category=self.CITIZEN, kind=self.FIRST, on=date(2026, 3, 16))
        newer = replace(old, in_force_from=date(2027, 1, 1), decision_days=3)
        newest = replace(old, in_force_from=date(2028, 1, 1), decision_days=2)
        other = [row for row in MATRIX if row is not old]
        monkeypatch.setattr(matrix, "MATRIX", (newest, old, *other, newer))
        days = {
            old.in_force_from: old,
            date(2026, 12, 31): old,
            date(2027, 1, 1): newer,
            date(2027, 12, 31): newer,
            date(2028, 1, 1): newest,
        }
        assert {on: matrix_row(category=self.CITIZEN, kind=self.FIRST, on=on) for on in days} == days
        with pytest.raises(RuleRefused):
            matrix_row(category=self.CITIZEN, kind=self.FIRST, on=old.in_force_from - timedelta(days=1))

    @ROWS
    def test_the_profile_chooses_the_rule_of_the_term(self, row):
        assert row.term_rule(TermProfile.RULES_2019) == row.term_by_rules_2019
        others = [profile for profile in TermProfile if profile is not TermProfile.RULES_2019]
        assert all(row.term_rule(profile) == row.term for profile in others)


class TestMadeOfTwo:
    """A row joins what the category and what the kind ask for."""

    @ROWS
    def test_demands_of_both(self, row):
        who, what = CATEGORY_RULES[row.category], KIND_RULES[row.kind]
        assert row.fields == EVERYBODY | who.fields | what.fields
        assert row.optional_documents == (who.optional_documents | what.optional_documents) - row.documents
        assert set(row.checks) == {check for check in who.checks if what.checks is None or check in what.checks}
        assert (row.decision_days, row.effect, row.chooses_insurer) == (
            what.decision_days,
            what.effect,
            what.chooses_insurer,
        )
        assert row.article == f"{what.article}; {who.article}"
        assert dict(row.fixed) == dict(what.fixed)

    def test_a_move_to_another_region_says_why_by_itself(self):
        row = matrix_row(
            category=ApplicantCategory.CITIZEN_14_PLUS, kind=ApplicationKind.REGION_CHANGE, on=date(2026, 3, 16)
        )
        assert dict(row.fixed) == {"insurer.change_reason": "moved"}


class TestRepresented:
    @ROWS
    @pytest.mark.parametrize("relation", Relation)
    def test_the_ground_asks_for_its_papers_on_top(self, row, relation):
        found, rule = represented(row, relation=relation), RELATIONS[relation]
        assert found.fields == row.fields | rule.fields
        assert found.documents == row.documents | rule.documents
        assert not found.documents & found.optional_documents
        assert found.conditions[:-1] == row.conditions
        by_paper = relation in {Relation.GUARDIAN, Relation.ADULT_GUARDIAN, Relation.ATTORNEY}
        assert found.checks == (*row.checks, CheckKind.POWERS) if by_paper else found.checks == row.checks
        assert (found.relation, row.relation) == (relation, None)

    def test_the_consent_of_the_other_parent_is_demanded_where_it_is_claimed(self):
        row = matrix_row(
            category=ApplicantCategory.CHILD_UNDER_14, kind=ApplicationKind.FIRST_POLICY, on=date(2026, 3, 16)
        )
        found = represented(row, relation=Relation.PARENT)
        needed = {"representative.second_parent_name"}
        for said in ("consents", "absent"):
            fields, documents = found.demands({"representative": {"second_parent": said}})
            assert (needed <= fields) is (said == "consents")
            assert (DocumentKind.SECOND_PARENT_CONSENT in documents) is (said == "consents")
