"""Write docs/states.md, states and the matrix of requirements, from the tables of the domain.

``python -m infra.states`` writes the file; with ``--check`` it only compares and fails when they differ.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from chalicelib.domain.application import CATEGORY_TITLES, KIND_TITLES, ApplicantCategory
from chalicelib.domain.application_states import (
    EDITABLE_STATES,
    FINAL_STATES,
    STATE_TITLES,
    TRANSITIONS,
    ApplicationState,
)
from chalicelib.domain.category_rules import CATEGORY_RULES, CategoryRule
from chalicelib.domain.kind_rules import KIND_RULES, Condition, KindRule
from chalicelib.domain.legacy_registration import LEGACY_STATE_TITLES, LEGACY_TRANSITIONS, LegacyState
from chalicelib.domain.matrix import EVERYBODY, MATRIX, RULES_VERSION, MatrixRow
from chalicelib.domain.policy import POLICY_STATE_TITLES, POLICY_TRANSITIONS
from chalicelib.domain.representation import RELATIONS, RelationRule
from infra.states_of_appeal import appeal_parts
from infra.states_of_appointment import appointment_parts
from infra.states_of_attachment import attachment_parts
from infra.states_of_certificate import certificate_parts
from infra.states_of_delivery import delivery_parts
from infra.states_of_exchange import exchange_parts
from infra.states_of_ticket import ticket_parts
from infra.states_text import codes as _codes
from infra.states_text import table as _table
from infra.states_text import told as _told
from infra.states_text import yes as _yes

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "states.md"

INTRODUCTION = """\
# States of an application, and what each kind asks for

Made by `python -m infra.states` from `application_states.py`, `matrix.py`, `kind_rules.py`, `category_rules.py`,
`representation.py`, `legacy_registration.py`, `delivery_states.py`, `attachment_states.py`, `appeal_states.py`,
`appeal_rules.py`, `appointment.py`, `fund_change.py`, `change_file.py`, `fund_answer.py`, `registry_job.py`,
`dispatch.py` and `webhook_progress.py` in `chalicelib/domain`.
Do not edit it by hand: change the tables and make it anew. A test compares the two.
"""

MACHINE = """\
## States

Only these arrows exist. Any other event is answered with 409 `state_conflict`, and nothing changes.
Once a policy is issued or changed by it, an application is not withdrawn, decided, asked about or sent back any more.
Each step of the history keeps its author, time and reason. What has ended waits for no operator.
"""

REQUIREMENTS = f"""\
## What each category and kind asks for

Rules of version `{RULES_VERSION}`. An application is judged by the newest row in force on the applicant's local day.
A pair that has no row cannot be filed: 422 `rule_refused`, reason `kind_not_available`.
"""


LEGACY = """\
## States of the registration of a policy of an earlier sample

It begins as `pending`. A person has at most one that is pending or confirmed. It is confirmed or refused by the word
of the register of insured persons, and superseded when a digital policy is issued.
"""


def current_document() -> str:
    """Build the text of the document."""
    parts = [
        INTRODUCTION,
        MACHINE,
        _diagram(),
        _states(),
        _transitions(),
        _policy_states(),
        *delivery_parts(),
        *appeal_parts(),
        *attachment_parts(),
        *appointment_parts(),
        *certificate_parts(),
        *ticket_parts(),
        *exchange_parts(),
        REQUIREMENTS,
        _overview(),
        f"Everybody fills: {_codes(sorted(EVERYBODY))}.\n",
        "## Kinds\n",
        *map(_kind, KIND_RULES.values()),
        "## Categories\n",
        *map(_category, CATEGORY_RULES.values()),
        "## Who acts for another\n",
        *map(_relation, RELATIONS.values()),
        LEGACY,
        _registrations(),
    ]
    return "\n".join(parts)


def _diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {ApplicationState.DRAFT}"]
    lines += [
        f"    {source} --> {rule.target}: {rule.event}"
        for rule in TRANSITIONS
        for source in ApplicationState
        if source in rule.sources
    ]
    lines += [f"    {state} --> [*]" for state in ApplicationState if state in FINAL_STATES]
    return "\n".join([*lines, "```", ""])


def _states() -> str:
    rows = [
        (f"`{state}`", title, _yes(state in EDITABLE_STATES), _yes(state in FINAL_STATES))
        for state, title in STATE_TITLES.items()
    ]
    return _table(("State", "Title", "Form may be changed", "Final"), rows)


def _transitions() -> str:
    rows = []
    for rule in TRANSITIONS:
        sources = ", ".join(f"`{state}`" for state in ApplicationState if state in rule.sources)
        told = _told(rule.notification, rule.silent_because)
        rows.append((f"`{rule.event}`", sources, f"`{rule.target}`", f"`{rule.reason}`", told))
    return _table(("Event", "From", "To", "Reason, where nothing more exact is told", "The person is told"), rows)


def _registrations() -> str:
    rows = []
    for rule in LEGACY_TRANSITIONS.values():
        sources = ", ".join(f"`{state}`" for state in LegacyState if state in rule.sources)
        target = f"`{rule.target}` ({LEGACY_STATE_TITLES[rule.target]})"
        rows.append((f"`{rule.event}`", sources, target, _told(rule.notification, None)))
    return _table(("Event", "From", "To", "The person is told"), rows)


def _overview() -> str:
    by_pair = {(row.category, row.kind): row for row in MATRIX}
    rows = [
        (
            f"`{category}`",
            *(_term(by_pair.get((category, kind))) for kind in KIND_TITLES),
        )
        for category in ApplicantCategory
    ]
    return _table(("Category", *(f"`{kind}`" for kind in KIND_TITLES)), rows)


def _term(row: MatrixRow | None) -> str:
    return "–" if row is None else f"{row.decision_days} days"


def _kind(rule: KindRule) -> str:
    facts = [
        ("In force from", rule.in_force_from.isoformat()),
        ("Article", rule.article),
        ("Decision within", f"{rule.decision_days} working days"),
        ("Present policy", rule.policy.value),
        ("Changes", f"`{rule.effect}`; the person is told by `{rule.tells}`"),
        ("Chooses an insurer", _yes(rule.chooses_insurer) or "no"),
        ("Temporary certificate", _certificate(rule)),
        ("Fields on top", _codes(sorted(rule.fields))),
        ("Demanded by an answer", "; ".join(map(_condition, rule.conditions)) or "none"),
        ("Registers asked", "all of the category" if rule.checks is None else _codes(sorted(rule.checks))),
    ]
    return f"### {KIND_TITLES[rule.kind]}\n\n`{rule.kind}`\n\n" + _table(("", ""), facts)


def _category(rule: CategoryRule) -> str:
    facts = [
        ("Article", rule.article),
        ("Age", _age(rule)),
        ("Fields on top", _codes(sorted(rule.fields))),
        ("Identity documents (F011)", _codes(sorted(rule.identity_documents, key=int))),
        ("Permits to reside (F011)", _codes(sorted(rule.status_documents, key=int))),
        ("Scans", _codes(sorted(rule.documents))),
        ("Scans, if there are any", _codes(sorted(rule.optional_documents))),
        ("Registers asked", _codes(rule.checks)),
        ("Term of the policy", _policy_term(rule)),
    ]
    return f"### {CATEGORY_TITLES[rule.category]}\n\n`{rule.category}`\n\n" + _table(("", ""), facts)


def _age(rule: CategoryRule) -> str:
    below = f", below {rule.below_age}" if rule.below_age is not None else ""
    represented = "; by a representative only" if rule.needs_representative else ""
    return f"from {rule.from_age}{below}{represented}"


def _policy_term(rule: CategoryRule) -> str:
    capped = f", not beyond {_codes(rule.caps)}" if rule.caps else ""
    other = "" if rule.term is rule.term_by_rules_2019 else f" (`rules_2019`: {rule.term_by_rules_2019})"
    return f"{rule.term}{capped}{other}"


def _condition(condition: Condition) -> str:
    wanted = _codes([*sorted(condition.fields), *sorted(condition.documents)])
    return f"`{condition.field}` = {_codes(sorted(condition.values))} → {wanted}"


def _relation(rule: RelationRule) -> str:
    facts = [
        ("Article", rule.article),
        ("Age of the represented", f"from {rule.from_age}" + (f", below {rule.below_age}" if rule.below_age else "")),
        ("Ends", f"at {rule.ends_at_age}" if rule.ends_at_age else "with the paper"),
        ("Fields on top", _codes(sorted(rule.fields))),
        ("Scans on top", _codes(sorted(rule.documents))),
    ]
    return f"### {rule.title}\n\n`{rule.relation}`\n\n" + _table(("", ""), facts)


def _policy_states() -> str:
    rows = [
        (f"`{state}`", title, _codes(sorted(POLICY_TRANSITIONS[state]))) for state, title in POLICY_STATE_TITLES.items()
    ]
    return "## States of a policy\n\n" + _table(("State", "Title", "May become"), rows)


def _certificate(rule: KindRule) -> str:
    if not rule.certificate:
        return "none"
    return f"while only {_codes(sorted(rule.waits_for))} has not answered"


def main() -> int:
    """Write or check the document; 1 means that the committed one is old."""
    parser = argparse.ArgumentParser(description="Write docs/states.md from the tables of the domain.")
    parser.add_argument("--check", action="store_true", help="only compare")
    arguments = parser.parse_args()
    text = current_document()
    if not arguments.check:
        DOCUMENT.write_text(text, encoding="utf-8")
        return 0
    if DOCUMENT.is_file() and DOCUMENT.read_text(encoding="utf-8") == text:
        return 0
    print("docs/states.md is old: run `python -m infra.states`")
    return 1


if __name__ == "__main__":
    sys.exit(main())
