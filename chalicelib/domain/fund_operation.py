"""One record of a change file, OP of OPLIST: a policy and its holder as the fund wants to read them (P4).

Contacts are left out: the fund needs them for nothing (152-ФЗ, art. 5, part 5).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.domain.birth_date import parse_birth_date
from chalicelib.domain.countries import STATELESS
from chalicelib.domain.exchange_model import SEX_CODES
from chalicelib.domain.fund_reason import COPY, DATA_ON_POLICY, FIRST_CHOICE, NEW_TERM
from chalicelib.domain.policy_types import POLICY_TYPES, PolicyType
from chalicelib.domain.regions import find_region, is_region
from chalicelib.domain.sex import Sex
from chalicelib.domain.snils import format_snils

if TYPE_CHECKING:
    from chalicelib.domain.fund_change import FundChange, PolicyFacts
    from chalicelib.domain.insurer import Insurer

Form = Mapping[str, Mapping[str, str]]
Values = dict[str, object]

DOCUMENTS = ("identity_document", "status_document")
LONGEST_ISSUER = 80
"""Of who issued a document only so much fits; it is the one text that is cut, since nothing is found by it."""

CHOICES = {FIRST_CHOICE: "1", "П031": "2", "П032": "3", "П033": "4"}
"""Reason → why the insurer was chosen (order 79, table 75)."""

REISSUES = {"data_changed": "1", "error_found": "2", "damaged": "3", "lost": "4"}
"""Why the policy is made anew (order 79, table 82)."""

IN_PERSON_ON_SITE, BY_REPRESENTATIVE = "3", "2"
"""Classifier R003: on the fund's site, by a representative."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The application behind a change: when it was filed, by whom, and why the policy is made anew."""

    filed_on: date
    by_representative: bool = False
    reissue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """What is known of the holder: the sections of a form, the category by classifier V013, the application."""

    form: Form
    category: str = ""
    visit: Visit | None = None


def person_values(holder: Holder) -> dict[str, str]:
    """The element PERSON as texts; special cases (DOST) stand as one text of their digits."""
    found = holder.form.get("person", {})
    born = parse_birth_date(text=found["born_on"]) if found.get("born_on") else None
    citizenship = found.get("citizenship", "")
    values = {
        "FAM": found.get("family_name", ""),
        "IM": found.get("given_name", ""),
        "OT": found.get("middle_name", ""),
        "W": SEX_CODES[Sex(found["sex"])] if found.get("sex") else "",
        "DR": born.earliest.isoformat() if born else "",
        "MR": found.get("birthplace", ""),
        "C_OKSM": "Б/Г" if citizenship == STATELESS else citizenship,
        "SS": format_snils(found["snils"]) if found.get("snils") else "",
        "KATEG": holder.category,
    }
    missing = {"1": "OT", "2": "FAM", "3": "IM"}
    special = "".join(code for code, name in missing.items() if not values[name])
    values["DOST"] = special + str(born.dost or "" if born else "")
    return {name: text for name, text in values.items() if text}


def rest_of(holder: Holder) -> str:
    """A digest of what else the fund keeps of a person: СНИЛС, documents, addresses."""
    told = {
        "snils": person_values(holder).get("SS", ""),
        "documents": _documents(holder.form),
        "addresses": [_address(holder.form, name) for name in ("registration_address", "residence_address")],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def operation(
    *, change: FundChange, number: int, reason: str, holder: Holder, insurer: Insurer, told: FundChange | None
) -> Values:
    """Make the values of a record; ``number`` is its place in the file, ``told`` what the fund was told last."""
    documents = _documents(holder.form)
    values: Values = {
        "N_REC": str(number),
        "ID": change.change_id,
        "TIP_OP": reason,
        "PERSON": _person(person_values(holder)),
        "INSURANCE": _insurance(change.facts, insurer, told),
    }
    if reason == DATA_ON_POLICY and told is not None and told.told_person:
        values["OLD_PERSON"] = _person(told.told_person)
    if address := _address(holder.form, "registration_address"):
        values["ADDRES_G"] = {"BOMG": "0", **address}
    if address := _address(holder.form, "residence_address"):
        values["ADDRES_P"] = address
    if holder.visit is not None:
        values["VIZIT"] = _visit(holder.visit, reason)
    if documents:
        values["DOC_LIST"] = {"DOC": documents}
    return values


def _person(told: Mapping[str, str]) -> Values:
    return {**told, "DOST": list(told.get("DOST", ""))}


def _insurance(facts: PolicyFacts, insurer: Insurer, told: FundChange | None) -> Values:
    policy = {
        "VPOLIS": POLICY_TYPES[PolicyType.DIGITAL].f008,
        "NPOLIS": facts.policy_number,
        "DBEG": facts.insured_from.isoformat(),
        "DEND": _before(facts.valid_until),
        "DSTOP": facts.last_day.isoformat() if facts.last_day else "",
    }
    return {
        "TER_ST": find_region(code=insurer.region).okato,
        "ENP": facts.policy_number,
        "OGRNSMO": insurer.ogrn,
        "POLIS": [policy],
        "ERP": "0" if told is None else "1",
    }


def _before(day: date | None) -> str:
    """The last day of a term that is kept half-open."""
    return "" if day is None else date.fromordinal(day.toordinal() - 1).isoformat()


def _visit(visit: Visit, reason: str) -> Values:
    made_anew = reason in {DATA_ON_POLICY, COPY}
    return {
        "DVIZIT": visit.filed_on.isoformat(),
        "METHOD": BY_REPRESENTATIVE if visit.by_representative else IN_PERSON_ON_SITE,
        "PETITION": "0",
        "RSMO": CHOICES.get(reason, ""),
        "RPOLIS": "5" if reason == NEW_TERM else REISSUES.get(visit.reissue, "") if made_anew else "",
        "FPOLIS": "0",
    }


def _address(form: Form, section: str) -> Values:
    found = form.get(section, {})
    if not is_region(code=found.get("region", "")):
        return {}
    return {
        "SUBJ": find_region(code=found["region"]).okato,
        "INDX": found.get("index", ""),
        "NPNAME": found.get("city", ""),
        "UL": found.get("street", ""),
        "DOM": found.get("house", ""),
        "KV": found.get("flat", ""),
    }


def _documents(form: Form) -> list[Values]:
    return [_document(form[name]) for name in DOCUMENTS if form.get(name, {}).get("type")]


def _document(found: Mapping[str, str]) -> Values:
    return {
        "DOCTYPE": found["type"],
        "DOCSER": found.get("series", ""),
        "DOCNUM": found.get("number", ""),
        "DOCDATE": found.get("issued_on", ""),
        "DOCEXP": found.get("expires_on", ""),
        "NAME_VP": found.get("issuer", "")[:LONGEST_ISSUER].strip(),
    }
