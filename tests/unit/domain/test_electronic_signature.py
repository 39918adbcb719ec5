from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.application import ApplicantCategory, Application, ApplicationKind, Moment
from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.electronic_signature import (
    SignatureNotAccepted,
    SignerCertificate,
    check_signer,
    signing_content,
)
from chalicelib.domain.principal import PersonClaims

NOW = datetime(2026, 3, 16, 9, tzinfo=UTC)
ANNA = PersonClaims(family_name="Примерова", given_name="Анна", middle_name="Сергеевна", snils="900-000-001 82")
NAMES = {"family_name": "Примерова", "given_names": "Анна Сергеевна", "common_name": "Примерова Анна Сергеевна"}
SECTIONS = st.dictionaries(st.text(max_size=5), st.dictionaries(st.text(max_size=5), st.text(max_size=5)), max_size=3)


def application(**more):
    known = {
        "application_id": "01KKTXZ8M0J77M3GB40726KZTJ",
        "person_id": "p",
        "account_id": "p",
        "kind": ApplicationKind.FIRST_POLICY,
        "category": ApplicantCategory.CITIZEN_14_PLUS,
        "state": ApplicationState.DRAFT,
        "created_at": NOW,
        "updated_at": NOW,
        "form": {"person": {"family_name": "Ёжикова", "given_name": "Анна"}, "insurer": {"code": "77012"}},
    }
    return Application(**{**known, **more})


def test_the_content_is_canonical_json_of_the_whole_application():
    content = signing_content(application=application(), scans={"identity_document": "01S"})
    assert content.decode() == (
        '{"application_id":"01KKTXZ8M0J77M3GB40726KZTJ","category":"citizen_14_plus",'
        '"form":{"insurer":{"code":"77012"},"person":{"family_name":"Ёжикова","given_name":"Анна"}},'
        '"kind":"first_policy","purpose":"Подача заявления об обязательном медицинском страховании",'
        '"scans":{"identity_document":"01S"},"turn":1}'
    )


@given(SECTIONS, SECTIONS)
def test_the_content_is_the_same_for_the_same_form_and_another_for_another(form, other):
    def content(sections):
        return signing_content(application=application(form=sections), scans={})

    shuffled = {name: dict(reversed(form[name].items())) for name in reversed(form)}
    assert content(form) == content(shuffled)
    assert (content(form) == content(other)) == (form == other)
    assert json.loads(content(form))["form"] == form


@pytest.mark.parametrize(
    "change",
    [
        {"application_id": "01KKTXZ8M0J77M3GB40726KZTK"},
        {"kind": ApplicationKind.INSURER_CHANGE},
        {"form": {}},
        {"history": (Moment(state=ApplicationState.IN_PROCESSING, at=NOW, actor=SYSTEM),)},
    ],
)
def test_another_application_or_another_turn_is_another_content(change):
    before = application()
    assert signing_content(application=before, scans={}) != signing_content(
        application=replace(before, **change), scans={}
    )
    assert signing_content(application=before, scans={}) != signing_content(application=before, scans={"x": "y"})


@pytest.mark.parametrize(
    "certificate",
    [
        {"snils": "90000000182"},
        {"snils": "900-000-001 82"},
        {"snils": "90000000182", "family_name": "Иванова"},  # the СНИЛС decides: names change
        NAMES,
        {**NAMES, "common_name": "ООО «Ромашка»"},
        {**NAMES, "family_name": "ПРИМЕРОВА", "given_names": "анна  сергеевна"},
        {"common_name": "Примерова Анна Сергеевна"},
    ],
)
def test_accepts_the_applicants_own_certificate(certificate):
    check_signer(certificate=SignerCertificate(digest="0", **certificate), person=ANNA)


@pytest.mark.parametrize(
    ("certificate", "person"),
    [
        ({}, ANNA),
        ({"snils": "90000000181", **NAMES}, ANNA),
        ({"snils": "x", **NAMES}, ANNA),
        ({**NAMES, "family_name": "Иванова"}, ANNA),
        ({**NAMES, "given_names": "Анна"}, ANNA),
        ({**NAMES, "given_names": "Анна Петровна"}, ANNA),
        ({"common_name": "Анна Сергеевна Примерова"}, ANNA),
        ({"family_name": "Примерова"}, ANNA),
        (NAMES, None),
        ({"snils": "90000000182", **NAMES}, replace(ANNA, snils=None)),
        ({"snils": "", "common_name": ""}, PersonClaims()),
        ({"common_name": "Примерова"}, PersonClaims(family_name="Примерова")),
    ],
)
def test_refuses_the_certificate_of_anybody_else(certificate, person):
    with pytest.raises(SignatureNotAccepted) as refused:
        check_signer(certificate=SignerCertificate(digest="0", **certificate), person=person)
    assert refused.value.reason == "certificate_of_another_person"
    assert "Примеров" not in refused.value.detail


def test_shows_nobody_in_its_representation():
    shown = repr(SignerCertificate(digest="0", snils="90000000182", **NAMES))
    assert "90000000182" not in shown
    assert "Примеров" not in shown
