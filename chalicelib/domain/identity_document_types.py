"""Kinds of identity documents: classifier F011 with the masks of series and numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

#: What the letters of a mask stand for (order No. 79 of the federal fund, note to table 63).
MASK_LETTERS = {
    "R": "римское число латинскими заглавными буквами",
    "Б": "русская заглавная буква",
    "9": "цифра",
    "0": "цифра, которой может не быть",
    "Ц": "цифра",
    "S": "любой текст или ничего",
    "S1": "любой текст",
}

# A whole Roman numeral up to 399: the classifier admits I, V, X, L and C.
_ROMAN = "(?=[IVXLC])C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_FREE_TEXT = "[0-9A-Za-zА-ЯЁа-яё./ -]"
_MANY = 5  # from here on Russian uses the genitive plural
_TOKENS = re.compile("S1|S|.")
_PATTERNS = {
    "R": _ROMAN,
    "Б": "[А-ЯЁ]",
    "9": "[0-9]",
    "0": "[0-9]?",
    "Ц": "[0-9]",
    "S": _FREE_TEXT + "{0,10}",
    "S1": _FREE_TEXT + "{1,10}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityDocumentType:
    """A row of F011.

    ``is_admissible`` tells whether an application takes it, ``needs_expiry`` whether the day of its
    expiry is obligatory (order No. 79, table 63 and field DOCEXP).
    """

    code: str
    name: str
    series_mask: str
    number_mask: str
    is_admissible: bool
    needs_expiry: bool


# Version 2.0 of 15.08.2014: code; a = admissible, e = expiry obligatory; series; number; name.
_ROWS = """
1; --; R-ББ; 999999; Паспорт гражданина СССР
2; --; S; 00000009; Загранпаспорт гражданина СССР
3; a-; R-ББ; 999999; Свидетельство о рождении, выданное в Российской Федерации
4; --; ББ; 9999999; Удостоверение личности офицера
5; --; S; 00000009; Справка об освобождении из места лишения свободы
6; --; ББ; 999999; Паспорт Минморфлота
7; --; ББ; 9999990; Военный билет
8; --; 99; 9999999; Дипломатический паспорт гражданина Российской Федерации
9; a-; S; 000000000009; Паспорт иностранного гражданина
10; ae; S; 000000000009; Свидетельство о регистрации ходатайства о признании беженцем
11; ae; S1; 000000000009; Вид на жительство
12; ae; S; 000000000009; Удостоверение беженца в Российской Федерации
13; ae; S; 000000000009; Временное удостоверение личности гражданина Российской Федерации
14; a-; 99 99; 9999990; Паспорт гражданина Российской Федерации
15; --; 99; 9999999; Заграничный паспорт гражданина Российской Федерации
16; --; ББ; 999990; Паспорт моряка
17; --; ББ; 999999; Военный билет офицера запаса
18; --; S1; 0000000009; Иные документы
21; a-; S1; 000000000009; Документ иностранного гражданина
22; a-; S1; 000000000009; Документ лица без гражданства
23; ae; S1; 000000000009; Разрешение на временное проживание
24; a-; S1; 000000000009; Свидетельство о рождении, выданное не в Российской Федерации
25; ae; ЦЦ; 9999999; Свидетельство о предоставлении временного убежища
26; --; ; 999999; Удостоверение сотрудника Евразийской экономической комиссии
27; ae; S; 000000000009; Копия жалобы о лишении статуса беженца
28; ae; S1; 000000000009; Иной документ, соответствующий свидетельству о временном убежище
"""


def _read(row: str) -> IdentityDocumentType:
    code, flags, series, number, name = (part.strip() for part in row.split(";"))
    return IdentityDocumentType(
        code=code,
        name=name,
        series_mask=series,
        number_mask=number,
        is_admissible="a" in flags,
        needs_expiry="e" in flags,
    )


#: All kinds by their F011 code without a leading zero.
IDENTITY_DOCUMENT_TYPES = {kind.code: kind for kind in map(_read, _ROWS.strip().splitlines())}


@cache
def compile_mask(mask: str) -> re.Pattern[str]:
    """The regular expression of a mask; an empty mask takes an empty text only."""
    parts = (_PATTERNS.get(token, re.escape(token)) for token in _TOKENS.findall(mask))
    return re.compile("".join(parts))


def fits_mask(*, text: str, mask: str) -> bool:
    """Whether the whole text is written by the mask."""
    return compile_mask(mask).fullmatch(text) is not None


def explain_mask(mask: str) -> str:
    """An example for people of what the mask wants, in Russian."""
    if mask == "S1":
        return "до 10 знаков, как в документе"
    if mask in {"S", ""}:
        return "как в документе или пусто" if mask else "пусто"
    if "R" in mask or "Б" in mask:
        return mask.replace("R", "IV").replace("Б", "А")
    if " " in mask:
        return mask.replace("9", "0")
    required, optional = mask.count("9") + mask.count("Ц"), mask.count("0")
    if optional:
        return f"от {required} до {required + optional} цифр"
    return f"{required} {'цифры' if required < _MANY else 'цифр'}"
