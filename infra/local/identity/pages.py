"""Plain pages of the local OpenID provider, in Russian."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from infra.local.http_service import Response
from infra.local.persons import PERSONS

if TYPE_CHECKING:
    from collections.abc import Mapping

DEMONSTRATION_GRANT = "urn:polis:demonstration"
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_STYLE = (
    "body{font:1rem/1.5 sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}"
    "button{font:inherit;display:block;width:100%;text-align:left;margin:.4rem 0;padding:.6rem}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f3f3f3;padding:.6rem}"
)


def choice_page(parameters: Mapping[str, str]) -> Response:
    """Let the visitor choose whom to sign in as; carries the request's parameters along."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in parameters.items()
    )
    buttons = "".join(
        f'<button name="person" value="{escape(person.key)}">{escape(_name(person.key))}<br>'
        f"<small>{escape(person.title)}</small></button>"
        for person in PERSONS
        if person.signs_in
    )
    return page(
        "Вход для демонстрации",
        "<p>Это учебный вход: все лица вымышлены. Выберите, от чьего имени войти.</p>"
        f'<form method="post" action="/authorize">{hidden}{buttons}</form>',
    )


def home_page(issuer: str) -> Response:
    """List the persons, each with a command that gets a token."""
    items = "".join(
        f"<h2>{escape(_name(person.key))}</h2><p>{escape(person.title)}. "
        f"Ключ: <code>{escape(person.key)}</code></p>"
        f"<pre>curl -s {escape(issuer)}/token -d grant_type={DEMONSTRATION_GRANT}"
        f" -d person={escape(person.key)}</pre>"
        for person in PERSONS
        if person.signs_in
    )
    return page(
        "Учебный поставщик удостоверений",
        f"<p>Все лица вымышлены. Команда под именем выдаёт маркер доступа на один час.</p>{items}",
    )


def signed_out_page() -> Response:
    """Say that the session is over."""
    return page("Вы вышли", "<p>Сеанс завершён. Это окно можно закрыть.</p>")


def refusal_page(text: str) -> Response:
    """Refuse here, without sending the browser anywhere."""
    return page("Вход невозможен", f"<p>{escape(text)}</p>", status=400)


def page(title: str, content: str, *, status: int = 200) -> Response:
    """Wrap safe HTML in a page."""
    html = (
        '<!doctype html><html lang="ru"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{content}</main></body></html>"
    )
    return Response(status=status, headers=_HEADERS, body=html.encode())


def _name(key: str) -> str:
    person = next(person for person in PERSONS if person.key == key)
    return f"{person.family_name} {person.given_name} {person.middle_name}"
