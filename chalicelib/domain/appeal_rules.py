"""What may be appealed against, for which reasons, who decides, within which terms, under which topic (L1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from chalicelib.domain.appeal_states import Level
from chalicelib.domain.application import ApplicantCategory, ApplicationKind
from chalicelib.domain.case_summary import ScopeKind
from chalicelib.domain.errors import FieldError, ValidationFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MAX_REASONS = 5
MAX_TEXT = 4000
SHORTEST_TEXT = 10
"""Own words, a question or a decision that says something has more than a word."""


class SubjectKind(StrEnum):
    """What was refused."""

    APPLICATION = "application"
    TEMPORARY_CERTIFICATE = "temporary_certificate"
    LEGACY_POLICY = "legacy_policy"
    DELIVERY = "delivery"
    ATTACHMENT = "attachment"
    INSURANCE_CERTIFICATE = "insurance_certificate"


TOPICS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "1.1": "Полисы ОМС",
        "1.1.2": "Полисы ОМС иностранных граждан и лиц без гражданства",
        "1.2": "Выбор медицинской организации",
        "1.3": "Выбор врача",
        "1.4": "Выбор и замена страховой медицинской организации",
        "1.5": "Идентификация застрахованного лица",
        "1.12": "Отказ в оказании медицинской помощи",
        "1.14": "Взимание денежных средств",
        "1.17": "Неправомерное использование персональных данных",
        "1.20": "Другое",
        "1.21": "Предложения",
    }
)
"""Topics of the journal of appeals (order 79, annex И), those that a refusal of ours may fall under among them."""

POLICIES_TOPIC: Final = "1.1"
FOREIGNERS_TOPIC: Final = "1.1.2"

TOPIC_OF_KIND: Final[Mapping[ApplicationKind, str]] = MappingProxyType(
    {
        **dict.fromkeys(ApplicationKind, POLICIES_TOPIC),
        ApplicationKind.INSURER_CHANGE: "1.4",
        ApplicationKind.REGION_CHANGE: "1.4",
    }
)
CITIZENS: Final = frozenset({ApplicantCategory.CITIZEN_14_PLUS, ApplicantCategory.CHILD_UNDER_14})


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectRule:
    """What may be appealed against: its title, its topic where nothing more exact is known, what an upheld appeal does.

    A refusal of another kind is a row here and one in the use cases' table of what finds and undoes it.
    """

    title: str
    topic: str
    undone: str
    article: str


SUBJECTS: Final[Mapping[SubjectKind, SubjectRule]] = MappingProxyType(
    {
        SubjectKind.APPLICATION: SubjectRule(
            title="Отказ по заявлению",
            topic=POLICIES_TOPIC,
            undone="Заявление открывается снова и идёт дальше с того места, где в нём отказали",
            article="326-ФЗ, ст. 16, ч. 1; Правила ОМС, п. 50",
        ),
        SubjectKind.TEMPORARY_CERTIFICATE: SubjectRule(
            title="Отзыв временного свидетельства",
            topic=POLICIES_TOPIC,
            undone="Свидетельство снова действует до конца своего срока",
            article="326-ФЗ, ст. 46",
        ),
        SubjectKind.LEGACY_POLICY: SubjectRule(
            title="Отказ в регистрации полиса прежнего образца",
            topic="1.5",
            undone="Полис проверяется по регистру снова",
            article="326-ФЗ, ст. 51; Правила ОМС, п. 29",
        ),
        SubjectKind.DELIVERY: SubjectRule(
            title="Выписка не выдана и возвращена",
            topic=POLICIES_TOPIC,
            undone="Выписка заказывается снова, с новым сроком",
            article="Правила ОМС, п. 30",
        ),
        SubjectKind.ATTACHMENT: SubjectRule(
            title="Отказ в прикреплении к медицинской организации",
            topic="1.2",
            undone="Запрос возвращается в медицинскую организацию с новым сроком, место у врача снова за человеком",
            article="323-ФЗ, ст. 21, ч. 1 и 2; 326-ФЗ, ст. 16, ч. 1, п. 4",
        ),
        SubjectKind.INSURANCE_CERTIFICATE: SubjectRule(
            title="Отказ в справке о страховании",
            topic="1.5",
            undone="Справка решается снова по тем сведениям, которые есть теперь",
            article="326-ФЗ, ст. 16, ч. 1, п. 6",
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealReason:
    """Why a refusal is thought wrong; ``topic`` overrides that of the subject, ``subjects`` None is all."""

    title: str
    topic: str | None = None
    subjects: frozenset[SubjectKind] | None = None
    needs_text: bool = False


_K = SubjectKind
_DECIDED = frozenset(_K) - {_K.DELIVERY}

REASONS: Final[Mapping[str, AppealReason]] = MappingProxyType(
    {
        "facts_wrong": AppealReason(title="Отказ основан на неверных сведениях"),
        "documents_not_considered": AppealReason(title="Приложенные документы не учли", subjects=_DECIDED),
        "rule_misapplied": AppealReason(title="Норма применена неверно", subjects=_DECIDED, needs_text=True),
        "reason_mended": AppealReason(title="Причина отказа уже устранена", subjects=_DECIDED),
        "register_error": AppealReason(title="В государственном реестре ошибка", topic="1.5", subjects=_DECIDED),
        "confused_with_another": AppealReason(title="Меня приняли за другого человека", topic="1.5"),
        "late_decision": AppealReason(title="Решение принято с нарушением срока"),
        "reasons_unclear": AppealReason(title="Причины отказа не объяснены"),
        "paper_refused": AppealReason(
            title="Выписку не выдали или не принесли", subjects=frozenset({_K.DELIVERY}), needs_text=True
        ),
        "money_demanded": AppealReason(title="За услугу требовали деньги", topic="1.14", needs_text=True),
        "data_misused": AppealReason(
            title="Персональные данные использованы неправомерно", topic="1.17", needs_text=True
        ),
        "other": AppealReason(title="Другое, своими словами", topic="1.20", needs_text=True),
    }
)
"""Code → reason; own words may be added to each, and some cannot do without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRule:
    """Who decides at a level and within which terms.

    Working days to decide and to answer a question; calendar days within which one may turn here after the refusal
    or the decision of the level before.
    """

    title: str
    scopes: frozenset[ScopeKind]
    decision_days: int
    answer_days: int
    within: timedelta
    article: str


LEVELS: Final[Mapping[Level, LevelRule]] = MappingProxyType(
    {
        Level.FIRST: LevelRule(
            title="Страховая организация или территориальный фонд",
            scopes=frozenset({ScopeKind.INSURER, ScopeKind.REGION}),
            decision_days=10,
            answer_days=5,
            within=timedelta(days=90),
            article="L1: 10 working days; three months as in art. 219 of the Code of Administrative Proceedings",
        ),
        Level.FUND: LevelRule(
            title="Территориальный фонд",
            scopes=frozenset({ScopeKind.REGION}),
            decision_days=10,
            answer_days=5,
            within=timedelta(days=90),
            article="L1: 10 working days, second level; 326-ФЗ, ст. 34, ч. 7: funds consider appeals",
        ),
    }
)


def subject_topic(
    *, subject: SubjectKind, kind: ApplicationKind | None = None, category: ApplicantCategory | None = None
) -> str:
    """The topic of the journal by what was refused to whom; ``kind`` and ``category`` are those of an application."""
    topic = SUBJECTS[subject].topic if kind is None else TOPIC_OF_KIND[kind]
    is_foreigner = category is not None and category not in CITIZENS
    return FOREIGNERS_TOPIC if is_foreigner and topic == POLICIES_TOPIC else topic


def topic_of(*, reasons: Sequence[str], otherwise: str) -> str:
    """The topic of the first reason which has one of its own, else that of what was refused."""
    return next((topic for code in reasons if (topic := REASONS[code].topic)), otherwise)


def check_grounds(*, subject: SubjectKind, reasons: Sequence[str], text: str) -> None:
    """Refuse an appeal that does not say why.

    Raises:
        ValidationFailed: no reason, or too many, or one not of the catalogue, or not of this subject, or one that
            needs own words without them; names every mistake.
    """
    errors = [*_reason_errors(subject, reasons), *_text_errors(reasons, text)]
    if errors:
        raise ValidationFailed(errors)


def reasons_for(subject: SubjectKind) -> tuple[str, ...]:
    """The codes of the reasons that fit a subject."""
    return tuple(code for code, reason in REASONS.items() if reason.subjects is None or subject in reason.subjects)


def _reason_errors(subject: SubjectKind, reasons: Sequence[str]) -> Iterator[FieldError]:
    if not reasons:
        yield FieldError(field="reasons", code="required", message="Назовите хотя бы одну причину из справочника")
    if len(reasons) > MAX_REASONS:
        yield FieldError(field="reasons", code="too_many", message=f"Назовите не больше {MAX_REASONS} причин")
    fitting = reasons_for(subject)
    for place, code in enumerate(reasons):
        if code not in fitting:
            message = f"Выберите причину, которая подходит к этому отказу: {', '.join(fitting)}"
            yield FieldError(field=f"reasons.{place}", code="not_in_list", message=message)


def _text_errors(reasons: Sequence[str], text: str) -> Iterator[FieldError]:
    needs = any(code in REASONS and REASONS[code].needs_text for code in reasons)
    if needs and len(text.strip()) < SHORTEST_TEXT:
        message = f"Опишите своими словами, с чем вы не согласны: не меньше {SHORTEST_TEXT} знаков"
        yield FieldError(field="text", code="required", message=message)


def check_words(*, text: str, field: str, message: str) -> str:
    """Return own words without the blanks around them.

    Raises:
        ValidationFailed: they say nothing.
    """
    words = text.strip()
    if len(words) < SHORTEST_TEXT:
        error = FieldError(field=field, code="required", message=f"{message}: не меньше {SHORTEST_TEXT} знаков")
        raise ValidationFailed([error])
    return words
