"""Where each kind of people begins after signing in, and what leads them on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.principal import Role

if TYPE_CHECKING:
    from chalicelib.domain.principal import Principal

NavItem = tuple[str, str, str]
"""The name of a section, its address, and its title."""

_QUEUE = ("queue", "/operator", "Очередь")
_PERSONS = ("persons", "/operator/persons", "Люди")
_CORRECTIONS = ("corrections", "/operator/corrections", "Исправления")
_APPEALS = ("appeals", "/operator/appeals", "Жалобы")
_TICKETS = ("tickets", "/operator/tickets", "Обращения")
_PAPERS = ("papers", "/operator/deliveries", "Выписки")
_STATISTICS = ("statistics", "/operator/statistics", "Статистика")

HOMES: dict[Role, str] = {
    Role.CITIZEN: "/cabinet",
    Role.INSURER_OPERATOR: "/operator",
    Role.FUND_OPERATOR: "/operator",
    Role.CLINIC_REGISTRAR: "/clinic",
    Role.AUDITOR: "/operator",
}
"""Role → its first page, in the order in which they are looked for."""

NAVIGATION: dict[Role, tuple[NavItem, ...]] = {
    Role.CITIZEN: (
        ("home", "/cabinet", "Главная"),
        ("applications", "/cabinet/applications", "Заявления"),
        ("documents", "/cabinet/documents", "Документы"),
        ("clinics", "/cabinet/clinics", "Поликлиника"),
        ("family", "/cabinet/family", "Кого представляю"),
        ("messages", "/cabinet/messages", "Сообщения"),
        ("support", "/cabinet/support", "Поддержка"),
        ("profile", "/cabinet/profile", "Профиль"),
    ),
    Role.INSURER_OPERATOR: (_QUEUE, _APPEALS, _TICKETS, _PAPERS, _PERSONS, _CORRECTIONS, _STATISTICS),
    Role.FUND_OPERATOR: (_QUEUE, _APPEALS, _TICKETS, _PERSONS, _CORRECTIONS, _STATISTICS),
    Role.CLINIC_REGISTRAR: (("desk", "/clinic", "Проверка"), ("batch", "/clinic/batch", "Проверка списком")),
    Role.AUDITOR: (_QUEUE, _STATISTICS),
}
"""Role → the sections of its pages."""


def home_of(principal: Principal) -> str:
    """The first page of whoever signed in."""
    return next((path for role, path in HOMES.items() if principal.has_role(role)), "/")


def navigation_of(principal: Principal) -> tuple[NavItem, ...]:
    """The sections that whoever signed in may open, each once."""
    found = [item for role, items in NAVIGATION.items() if principal.has_role(role) for item in items]
    return tuple(dict.fromkeys(found))
