from __future__ import annotations

from copy import deepcopy
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.application import ApplicantCategory, ApplicationKind
from chalicelib.domain.application_form import check_form, digest, missing_fields
from chalicelib.domain.form_sections import SECTIONS
from chalicelib.domain.matrix import matrix_row

DAY = date(2026, 3, 16)
ROW = matrix_row(category=ApplicantCategory.CITIZEN_14_PLUS, kind=ApplicationKind.INSURER_CHANGE, on=DAY)
ADDRESS = {"index": "101000", "region": "77", "city": "Москва", "street": "ул. Примерная", "house": "1"}
FORM = {
    "person": {
        "family_name": "Примерова",
        "given_name": "Анна",
        "middle_name": "Ивановна",
        "sex": "female",
        "born_on": "1990-05-15",
        "birthplace": "Г. МОСКВА",
        "citizenship": "RUS",
        "snils": "112-233-445 95",
        "inn": "500100732259",
        "employment": "working",
    },
    "identity_document": {
        "type": "14",
        "series": "00 20",
        "number": "900001",
        "issuer": "ГУ МВД ДЛЯ ПРИМЕРА",
        "issuer_code": "000-001",
        "issued_on": "2020-09-01",
    },
    "registration_address": dict(ADDRESS),
    "residence_address": dict(ADDRESS),
    "contacts": {"phone": "+79000000001", "email": "a@example.org"},
    "insurer": {"code": "77012", "change_reason": "by_wish"},
    "options": {"policy_form": "digital", "name_in_qr": "yes"},
}


def changed(path, value):
    form = deepcopy(FORM)
    section, name = path.split(".")
    form.setdefault(section, {})[name] = value
    return form


def errors_of(form, *, complete=True):
    return {error.field: error.code for error in check_form(form=form, row=ROW, on=DAY, complete=complete)}


def test_a_whole_form_has_no_mistakes():
    assert check_form(form=FORM, row=ROW, on=DAY, complete=True) == ()


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("person.family_name", "@", None),
        ("person.sex", "other", "not_in_list"),
        ("person.citizenship", "FRA", "citizenship_not_for_category"),
        ("person.citizenship", "ZZZ", "not_in_list"),
        ("person.employment", "resting", "not_in_list"),
        ("person.born_on", "2026-03-17", "date_in_future"),
        ("person.born_on", "yesterday", None),
        ("person.snils", "112-233-445 94", None),
        ("person.inn", "500100732258", None),
        ("person.birthplace", "<script>", None),
        ("identity_document.issued_on", "31.02.2020", None),
        ("identity_document.expires_on", "31.02.2030", None),
        ("identity_document.type", "3", "document_type_not_for_category"),
        ("identity_document.number", "12", None),
        ("registration_address.index", "1", None),
        ("registration_address.region", "00", None),
        ("residence_address.region", "00", None),
        ("insurer.code", "7701", "insurer_code"),
        ("insurer.code", "7701٣", "insurer_code"),
        ("insurer.change_reason", "boredom", "not_in_list"),
        ("options.policy_form", "stone", "not_in_list"),
        ("options.name_in_qr", "perhaps", "not_in_list"),
        ("options.existing_policy_number", "1234", None),
        ("options.colour", "red", "unknown_field"),
        ("hobby.kind", "chess", "unknown_field"),
    ],
)
def test_finds_a_mistake_in_its_field(path, value, code):
    found = errors_of(changed(path, value))

    assert set(found) == {path}
    assert code is None or found[path] == code


def test_an_age_of_fourteen_is_enough_on_the_birthday():
    young = changed("person.born_on", "2012-03-16")

    assert "person.born_on" not in errors_of(young)
    assert errors_of(changed("person.born_on", "2012-03-17"))["person.born_on"] == "under_age"


def test_finds_all_mistakes_at_once():
    form = changed("person.snils", "1")
    form["person"]["sex"] = "x"
    form["registration_address"] = {**ADDRESS, "index": "x"}
    form["insurer"] = {"code": "1", "change_reason": "x"}

    assert set(errors_of(form)) == {
        "person.snils",
        "person.sex",
        "registration_address.index",
        "insurer.code",
        "insurer.change_reason",
    }


@given(st.sets(st.sampled_from(sorted(ROW.fields))))
def test_a_complete_check_demands_every_field_of_the_row(paths):
    form = deepcopy(FORM)
    for path in paths:
        section, name = path.split(".")
        form[section][name] = " "

    assert set(missing_fields(form=form, row=ROW)) == paths
    assert paths <= set(errors_of(form))


@given(st.sets(st.sampled_from(sorted(SECTIONS)), max_size=6))
def test_a_partial_check_looks_only_at_what_is_filled(sections):
    form = {name: section for name, section in FORM.items() if name not in sections}

    assert errors_of(form, complete=False) == {}


def test_an_address_begun_is_checked_for_its_region_only():
    assert errors_of({"registration_address": {"region": "77"}}, complete=False) == {}
    assert errors_of({"registration_address": {"region": "99"}}, complete=False) == {
        "registration_address.region": "address_region"
    }
    assert errors_of({"registration_address": {"city": "Москва"}}, complete=False) == {}


def test_a_document_is_checked_when_its_dates_are_known():
    alone = {"identity_document": changed("identity_document.number", "12")["identity_document"]}

    assert errors_of(alone, complete=False) == {}
    assert errors_of({"identity_document": {"series": "00 20"}}, complete=False) == {}


def test_a_part_of_a_name_may_stand_alone_in_the_person():
    assert errors_of({"person": {"sex": "male"}}, complete=False) == {}


@given(st.permutations(sorted(FORM)))
def test_the_digest_knows_the_content_and_not_the_order(order):
    assert digest({name: dict(reversed(FORM[name].items())) for name in order}) == digest(FORM)


def test_the_digest_sees_any_change():
    digests = {digest(changed(f"{section}.{name}", "ж")) for section, names in FORM.items() for name in names}

    assert len(digests | {digest(FORM)}) == sum(len(names) for names in FORM.values()) + 1
