"""Sections about the insured person: ages of categories, documents with and without series, addresses begun."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import ClassVar

import pytest

from chalicelib.domain.application import ApplicantCategory, ApplicationKind
from chalicelib.domain.application_form import check_form, completeness, missing_documents, missing_fields
from chalicelib.domain.countries import COUNTRIES, EAEU
from chalicelib.domain.form_person import has_no_series
from chalicelib.domain.identity_document_types import IDENTITY_DOCUMENT_TYPES
from chalicelib.domain.matrix import matrix_row, represented
from chalicelib.domain.representation import Relation
from chalicelib.domain.supporting_documents import DocumentKind

DAY = date(2026, 3, 16)
C, K = ApplicantCategory, ApplicationKind


def row_of(category, kind=K.FIRST_POLICY):
    return matrix_row(category=category, kind=kind, on=DAY)


def found(category, form, *, complete=False):
    errors = check_form(form=form, row=row_of(category), on=DAY, complete=complete)
    assert all(error.message for error in errors)
    return [(error.field, error.code) for error in errors]


class TestAge:
    """Who belongs to a category by age, reckoned from the first day that a birth date may be."""

    @pytest.mark.parametrize(
        ("category", "born_on", "code"),
        [
            (C.CHILD_UNDER_14, "2012-03-17", None),
            (C.CHILD_UNDER_14, "2012-03-16", "over_age"),
            (C.CHILD_UNDER_14, "2000-01-01", "over_age"),
            (C.CHILD_UNDER_14, "2026-03-16", None),
            (C.CHILD_UNDER_14, "2026-03-17", "date_in_future"),
            (C.CITIZEN_14_PLUS, "2012-03-16", None),
            (C.CITIZEN_14_PLUS, "2012-03-17", "under_age"),
            (C.CITIZEN_14_PLUS, "2012", None),
            (C.CITIZEN_14_PLUS, "2012-03", None),
            (C.CITIZEN_14_PLUS, "2012-04", "under_age"),
            (C.CITIZEN_14_PLUS, "2027", "date_in_future"),
            (C.CITIZEN_14_PLUS, "12", "birth_date_format"),
            (C.EAEU_OFFICIAL, "2008-03-16", None),
            (C.EAEU_OFFICIAL, "2008-03-17", "under_age"),
            (C.REFUGEE, "2026-03-16", None),
        ],
    )
    def test_is_that_of_the_category(self, category, born_on, code):
        assert found(category, {"person": {"born_on": born_on}}) == ([("person.born_on", code)] if code else [])

    def test_a_citizen_is_told_who_applies_for_a_child_and_a_worker_is_not(self):
        texts = {
            category: check_form(
                form={"person": {"born_on": "2020-01-01"}}, row=row_of(category), on=DAY, complete=False
            )
            for category in (C.CITIZEN_14_PLUS, C.EAEU_WORKER)
        }
        assert "родитель" in texts[C.CITIZEN_14_PLUS][0].message
        assert "родитель" not in texts[C.EAEU_WORKER][0].message


class TestNames:
    """A name is checked as soon as a part of it is there."""

    @pytest.mark.parametrize("part", ["family_name", "given_name", "middle_name"])
    def test_each_part_is_looked_at(self, part):
        names = {"family_name": "Примерова", "given_name": "Анна", "middle_name": "Сергеевна"}
        assert found(C.REFUGEE, {"person": names}) == []
        wrong = dict(found(C.REFUGEE, {"person": {**names, part: "?"}}))
        assert set(wrong) == {f"person.{part}"}

    @pytest.mark.parametrize(
        ("alone", "mistakes"), [("family_name", set()), ("given_name", set()), ("middle_name", {"person.family_name"})]
    )
    def test_a_surname_or_a_name_is_enough(self, alone, mistakes):
        assert set(dict(found(C.REFUGEE, {"person": {alone: "Анна"}}))) == mistakes


class TestCitizenship:
    """Countries of the category."""

    @pytest.mark.parametrize(
        ("category", "country", "code"),
        [
            (C.CITIZEN_14_PLUS, "RUS", None),
            (C.CITIZEN_14_PLUS, "UZB", "citizenship_not_for_category"),
            (C.EAEU_WORKER, "KGZ", None),
            (C.EAEU_WORKER, "RUS", "citizenship_not_for_category"),
            (C.FOREIGNER_TEMPORARY, "RUS", "citizenship_not_for_category"),
            (C.STATELESS_PERMANENT, "XXA", None),
            (C.STATELESS_PERMANENT, "UZB", "citizenship_not_for_category"),
            (C.REFUGEE, "XXA", None),
            (C.REFUGEE, "rus", "not_in_list"),
        ],
    )
    def test_is_one_of_them(self, category, country, code):
        told = found(category, {"person": {"citizenship": country}})
        assert told == ([("person.citizenship", code)] if code else [])

    def test_few_countries_are_named_and_many_are_not(self):
        form = {"person": {"citizenship": "RUS"}}
        few, many = (
            check_form(form=form, row=row_of(category), on=DAY, complete=False)[0].message
            for category in (C.EAEU_WORKER, C.FOREIGNER_TEMPORARY)
        )
        assert all(COUNTRIES[code] in few for code in EAEU)
        assert "Узбекистан" not in many


PAPER = {"type": "23", "series": "82", "number": "9000016", "issuer": "ГУ МВД", "issued_on": "2025-02-10"}
PERSON = {"born_on": "1988-04-17"}


class TestStatusDocument:
    """The permit to reside."""

    def test_is_not_asked_of_who_needs_none(self):
        assert found(C.CITIZEN_14_PLUS, {"status_document": PAPER}) == [("status_document", "not_for_category")]

    @pytest.mark.parametrize(
        ("changed", "mistakes"),
        [
            ({"expires_on": "2028-02-09"}, []),
            ({"expires_on": "2028-02-09", "type": "11"}, [("type", "document_type_not_for_category")]),
            ({"expires_on": "2026-03-15"}, [("expires_on", "document_expired")]),
            ({"expires_on": "2028-02-09", "issued_on": "2026-03-17"}, [("issued_on", "document_issued_in_future")]),
            ({"expires_on": "x", "issued_on": "y"}, [("expires_on", "date_format"), ("issued_on", "date_format")]),
        ],
    )
    def test_is_one_of_the_category_and_in_force(self, changed, mistakes):
        told = found(C.FOREIGNER_TEMPORARY, {"person": PERSON, "status_document": {**PAPER, **changed}})
        assert [(field.removeprefix("status_document."), code) for field, code in told] == mistakes

    @pytest.mark.parametrize("person", [{}, {"born_on": "x"}, {"born_on": "2026-03-17"}])
    def test_waits_for_a_birth_date_that_can_be(self, person):
        told = dict(found(C.FOREIGNER_TEMPORARY, {"person": person, "status_document": {**PAPER, "number": "x"}}))
        assert "status_document.number" not in told

    @pytest.mark.parametrize("left", ["type", "issued_on"])
    def test_waits_for_its_kind_and_its_day(self, left):
        paper = {name: text for name, text in {**PAPER, "number": "x"}.items() if name != left}
        assert found(C.FOREIGNER_TEMPORARY, {"person": PERSON, "status_document": paper}) == []

    def test_of_who_was_born_on_the_day_of_the_check_is_looked_at(self):
        form = {"person": {"born_on": "2026-03-16"}, "status_document": {**PAPER, "number": "x"}}
        assert "status_document.number" in dict(found(C.FOREIGNER_TEMPORARY, form))


@pytest.mark.parametrize("code", sorted(IDENTITY_DOCUMENT_TYPES, key=int))
def test_only_kinds_whose_mask_admits_it_have_no_series(code):
    assert has_no_series(code) is (IDENTITY_DOCUMENT_TYPES[code].series_mask in {"S", ""})


def test_an_unknown_kind_has_a_series():
    assert not has_no_series("999")
    assert not has_no_series("")


class TestAddress:
    """An address is checked whole once its needed parts are there."""

    WHOLE: ClassVar = {"index": "101000", "region": "77", "city": "Москва", "house": "1"}

    @pytest.mark.parametrize("section", ["registration_address", "residence_address"])
    def test_is_checked_in_its_own_section(self, section):
        assert found(C.REFUGEE, {section: self.WHOLE}) == []
        wrong = {**self.WHOLE, "index": "1", "flat": "?" * 50}
        assert set(dict(found(C.REFUGEE, {section: wrong}))) == {f"{section}.index", f"{section}.flat"}

    @pytest.mark.parametrize("left", sorted(WHOLE))
    def test_begun_it_is_looked_at_for_its_region_only(self, left):
        begun = {name: text for name, text in {**self.WHOLE, "index": "1"}.items() if name != left}
        assert found(C.REFUGEE, {"registration_address": begun}) == []
        told = found(C.REFUGEE, {"registration_address": {"house": "1", "region": "00"}})
        assert told == [("registration_address.region", "address_region")]


class TestWhatIsMissing:
    """What the row demands and the form lacks."""

    PARENTS = represented(row_of(C.CHILD_UNDER_14), relation=Relation.PARENT)

    def test_all_of_it_at_first(self):
        row = row_of(C.CITIZEN_14_PLUS)
        assert set(missing_fields(form={}, row=row)) == row.fields
        assert missing_documents(form={}, row=row, present=frozenset()) == (DocumentKind.IDENTITY_DOCUMENT,)
        assert missing_documents(form={}, row=row, present=frozenset(DocumentKind)) == ()

    def test_a_series_that_a_kind_of_document_has_not_is_not(self):
        row = row_of(C.REFUGEE)
        assert "identity_document.series" not in missing_fields(form={"identity_document": {"type": "12"}}, row=row)
        assert "identity_document.series" in missing_fields(form={"identity_document": {"type": "25"}}, row=row)
        assert "identity_document.number" in missing_fields(form={"identity_document": {"type": "12"}}, row=row)

    def test_spaces_fill_nothing_and_wrong_values_are_not_missing_too(self):
        form = {"person": {"family_name": " ", "sex": "x"}}
        told = found(C.CITIZEN_14_PLUS, form, complete=True)
        assert [code for field, code in told if field == "person.sex"] == ["not_in_list"]
        assert {code for field, code in told if field == "contacts.phone"} == {"required"}

    def test_what_a_condition_asks_for_comes_with_its_value(self):
        row = row_of(C.CITIZEN_14_PLUS, K.REPLACEMENT)
        assert "replacement.comment" not in missing_fields(form={"replacement": {"reason": "lost"}}, row=row)
        assert "replacement.comment" in missing_fields(form={"replacement": {"reason": "error_found"}}, row=row)
        asked = missing_documents(form={"replacement": {"reason": "data_changed"}}, row=row, present=frozenset())
        assert asked == tuple(sorted((DocumentKind.CHANGE_BASIS, DocumentKind.IDENTITY_DOCUMENT)))

    def test_the_other_parents_consent_is_asked_for_if_there_is_one(self):
        consents = {"representative": {"second_parent": "consents"}}
        absent = {"representative": {"second_parent": "absent"}}
        name, paper = "representative.second_parent_name", DocumentKind.SECOND_PARENT_CONSENT
        assert name in missing_fields(form=consents, row=self.PARENTS)
        assert paper in missing_documents(form=consents, row=self.PARENTS, present=frozenset())
        assert name not in missing_fields(form=absent, row=self.PARENTS)
        assert paper not in missing_documents(form=absent, row=self.PARENTS, present=frozenset())

    def test_is_told_in_per_cent(self):
        row = replace(row_of(C.CITIZEN_14_PLUS), fields=frozenset({"person.sex", "person.snils"}), conditions=())
        none, all_there = frozenset(), frozenset({DocumentKind.IDENTITY_DOCUMENT})
        sex = {"person": {"sex": "male"}}
        assert [completeness(form={}, row=row, present=present) for present in (none, all_there)] == [0, 33]
        assert [completeness(form=sex, row=row, present=present) for present in (none, all_there)] == [33, 66]
        both = {"person": {"sex": "male", "snils": "1"}}
        assert [completeness(form=both, row=row, present=present) for present in (none, all_there)] == [66, 100]
