"""The result of inspecting a scan: accepted, or the defect and the way to mend it (C2)."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from chalicelib.domain.plain_text import within_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_SCAN_BYTES: Final = 5 * 1024 * 1024
MAX_PAGES: Final = 20
"""The most pages of any scan; a kind of document may allow fewer (``scan.pages_allowed``)."""

ACCEPTED: Final = "accepted"

MESSAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        ACCEPTED: "Принят",
        "unsupported_format": "Недопустимый формат. Загрузите файл PDF, JPG, PNG или HEIC.",
        "too_large": "Превышен размер 5 МБ. Сожмите файл или отсканируйте документ "
        "с разрешением 200–300 точек на дюйм и загрузите снова.",
        "empty": "Файл пустой. Выберите файл с документом и загрузите его снова.",
        "unreadable": "Нечитаемое изображение. Отсканируйте или сфотографируйте документ заново.",
        "corrupted": "Файл повреждён или загружен не полностью. Проверьте, что он открывается "
        "на вашем устройстве, и загрузите его снова.",
        "too_small": "Слишком мелкое изображение. Короткая сторона должна быть не меньше "
        "600 точек: отсканируйте документ с более высоким разрешением.",
        "blank": "Пустая страница: на изображении не видно документа. Проверьте, что документ "
        "лежит нужной стороной, и отсканируйте его заново.",
        "blurred": "Изображение размыто, текст не читается. Сфотографируйте документ при хорошем "
        "освещении, держите телефон неподвижно и дождитесь фокусировки.",
        "encrypted": "PDF защищён паролем. Сохраните его без пароля и ограничений и загрузите снова.",
        "active_content": "PDF содержит активное содержимое (сценарии, формы или запуск программ). "
        "Распечатайте документ в новый PDF или загрузите его снимок в JPG.",
        "embedded_files": "В PDF есть вложенные файлы. Загрузите каждый документ отдельным файлом, "
        "а из этого удалите вложения.",
        "too_many_pages": "Слишком много страниц: допустимо не более 20. Разделите документ на несколько файлов.",
        "too_complex": "Файл слишком сложный для проверки: после распаковки он занимает слишком "
        "много места. Отсканируйте документ заново с разрешением 200–300 точек на дюйм "
        "или сфотографируйте его, выбрав в настройках камеры 12 или 24 мегапикселя.",
        "animated": "Изображение состоит из нескольких кадров. Загрузите обычный снимок документа в JPG, PNG или HEIC.",
        "foreign_data": "В файле есть посторонние данные до или после документа. Отсканируйте "
        "документ заново или сохраните его как новый файл.",
        "same_as_refused": "Этот снимок уже отклонён: если загрузить, пересохранить или переслать его ещё раз, "
        "ничего не изменится. Нужен новый снимок.",
        "infected": "В файле обнаружена вредоносная программа. Проверьте устройство антивирусом "
        "и загрузите документ, отсканированный заново.",
    }
)
"""Code → text for people; ``too_complex`` is the name of a decompression bomb towards people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanVerdict:
    """What the inspection found.

    ``code`` is a key of :data:`MESSAGES`; ``media_type`` is the true type by content; ``width`` and
    ``height`` are pixels of the image as a person sees it (of the first page at the inspected
    scale for a PDF); what was not established is ``None``.
    """

    accepted: bool
    code: str
    message: str
    media_type: str | None = None
    pages: int | None = None
    width: int | None = None
    height: int | None = None


def accepted(*, media_type: str, pages: int, width: int, height: int) -> ScanVerdict:
    """Accept a scan of the given true type, number of pages and size in pixels."""
    return ScanVerdict(
        accepted=True,
        code=ACCEPTED,
        message=MESSAGES[ACCEPTED],
        media_type=media_type,
        pages=pages,
        width=width,
        height=height,
    )


def refused(
    *,
    code: str,
    media_type: str | None = None,
    name: str | None = None,
    page: int | None = None,
    at_most: int | None = None,
) -> ScanVerdict:
    """Refuse a scan for the defect ``code``.

    ``name`` names the format that was recognised (only with ``unsupported_format``), ``page`` is
    the number of the page with the defect, from 1, ``at_most`` how many pages are allowed (only with
    ``too_many_pages``). Raises KeyError for an unknown code.
    """
    message = MESSAGES[code]
    if at_most is not None:
        message = message.replace(f"не более {MAX_PAGES}", f"не более {at_most}", 1)
    if name is not None:
        message = message.replace("Недопустимый формат", f"Недопустимый формат {name}", 1)
    if page is not None:
        message = f"Страница {page}: {within_sentence(message)}"
    return ScanVerdict(accepted=False, code=code, message=message, media_type=media_type)
