"""The fictional persons that the local identity provider and the registers' simulator know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.local.person_numbers import inn_of, policy_number_of, snils_of


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityDocument:
    """An identity document; ``type`` is a code of the classifier F011 (14 = passport)."""

    type: str = "14"
    series: str
    number: str
    issued_on: str
    issuer: str = "ГУ МВД ДЛЯ ПРИМЕРА"
    issuer_code: str = "000-001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Insured:
    """What the register of insured persons holds; ``region`` is a KOD_TF of the classifier F010.

    ``policy`` is the policy of an earlier sample that the person has, as the register is asked about it.
    """

    enp: str
    insurer_code: str
    insured_from: str
    region: str
    policy: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the registers know about a person beyond, or against, what the person says.

    ``later`` are kinds of check that are answered by a ticket after ``later_seconds``.
    """

    family_name: str | None = None
    passport: str = "valid"
    deceased: bool = False
    later: frozenset[str] = frozenset()
    later_seconds: float = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One demonstration person; dates are ISO, ``sex`` is ``male`` or ``female``."""

    key: str
    title: str
    subject: str
    family_name: str
    given_name: str
    middle_name: str
    born_on: str
    sex: str
    snils: str
    inn: str
    document: IdentityDocument
    phone: str
    roles: tuple[str, ...] = ("citizen",)
    assurance: str = "confirmed"
    address: Mapping[str, str] = field(default_factory=dict)
    birthplace: str = "Г. МОСКВА"
    insured: Insured | None = None
    held: Held = field(default_factory=Held)
    place_of_work: Mapping[str, str] = field(default_factory=dict)
    signs_in: bool = True

    def claims(self) -> dict[str, Any]:
        """The claims of an identity token about this person."""
        document = self.document
        return {
            "sub": self.subject,
            "assurance": self.assurance,
            "roles": list(self.roles),
            "snils": self.snils,
            "inn": self.inn,
            "family_name": self.family_name,
            "given_name": self.given_name,
            "middle_name": self.middle_name,
            "birthdate": self.born_on,
            "gender": self.sex,
            "birthplace": self.birthplace,
            "email": f"{self.key.replace('_', '.')}@example.org",
            "phone_number": self.phone,
            "address": dict(self.address),
            "identity_document": {
                "type": document.type,
                "series": document.series,
                "number": document.number,
                "issued_on": document.issued_on,
                "issuer": document.issuer,
                "issuer_code": document.issuer_code,
            },
            **self.place_of_work,
        }


def _address(*, house: str, flat: str) -> dict[str, str]:
    return {
        "region": "77",
        "index": "101000",
        "city": "Москва",
        "street": "ул. Примерная",
        "house": house,
        "flat": flat,
    }


def _person(serial: int, key: str, title: str, names: str, **more: Any) -> Person:
    family_name, given_name, middle_name = names.split()
    return Person(
        key=key,
        title=title,
        subject=str(1_000_000_000 + serial),
        family_name=family_name,
        given_name=given_name,
        middle_name=middle_name,
        snils=snils_of(serial),
        inn=inn_of(serial),
        phone=f"+7900000{serial:04d}",
        address=_address(house=str(serial), flat=str(10 * serial)),
        **{"document": _passport(serial), **more},
    )


def _passport(serial: int) -> IdentityDocument:
    return IdentityDocument(series="00 20", number=f"{900_000 + serial}", issued_on="2020-09-01")


def _insured(*, born_on: str, sex: str, serial: int, **policy: str) -> Insured:
    number = policy_number_of(region="77", born_on=born_on, sex=sex, serial=serial)
    return Insured(enp=number, insurer_code="77012", insured_from="2019-03-01", region="77", policy=policy)


_PAPER = {"policy_type": "П", "blank_number": "00000000014"}
_OLD_SAMPLE = {"policy_type": "С", "policy_series": "77-00", "policy_number": "900015", "policy_okato": "45000"}

_CITIZENS = (
    _person(
        1,
        "citizen",
        "Гражданка, ещё не застрахована",
        "Примерова Анна Сергеевна",
        born_on="1990-05-14",
        sex="female",
    ),
    _person(
        2,
        "insured",
        "Гражданин, уже застрахован в СМО 77012",
        "Образцов Пётр Ильич",
        born_on="1985-11-30",
        sex="male",
        insured=_insured(born_on="1985-11-30", sex="male", serial=90002),
    ),
    _person(
        3,
        "later",
        "Гражданка, регистр застрахованных отвечает позже",
        "Терпеливая Ольга Викторовна",
        born_on="1991-02-28",
        sex="female",
        held=Held(later=frozenset({"insured_person"})),
    ),
    _person(
        4,
        "invalid_passport",
        "Гражданин, паспорт числится недействительным",
        "Просроченко Игорь Олегович",
        born_on="1989-07-07",
        sex="male",
        held=Held(passport="invalid"),
    ),
    _person(
        5,
        "other_surname",
        "Гражданка, в регистре населения другая фамилия",
        "Замужняя Мария Андреевна",
        born_on="1995-12-01",
        sex="female",
        held=Held(family_name="Девичья"),
    ),
    _person(
        6,
        "unconfirmed",
        "Гражданин, учётная запись не подтверждена",
        "Упрощённый Семён Львович",
        born_on="1996-01-09",
        sex="male",
        assurance="simplified",
    ),
    _person(
        12,
        "child",
        "Ребёнок гражданки Примеровой (в учётную запись не входит)",
        "Примеров Егор Алексеевич",
        born_on="2020-03-15",
        sex="male",
        document=IdentityDocument(
            type="3",
            series="I-АА",
            number="900012",
            issued_on="2020-03-25",
            issuer="ЗАГС ДЛЯ ПРИМЕРА",
            issuer_code="",
        ),
        signs_in=False,
    ),
    _person(
        14,
        "paper_policy",
        "Гражданка с бумажным полисом, бланк 00000000014",
        "Бумагина Тамара Петровна",
        born_on="1958-02-17",
        sex="female",
        insured=_insured(born_on="1958-02-17", sex="female", serial=90014, **_PAPER),
    ),
    _person(
        15,
        "old_policy",
        "Гражданин с полисом старого образца: серия 77-00, номер 900015",
        "Старов Виктор Семёнович",
        born_on="1949-10-02",
        sex="male",
        insured=_insured(born_on="1949-10-02", sex="male", serial=90015, **_OLD_SAMPLE),
    ),
    _person(
        13,
        "deceased",
        "Лицо, числится умершим (в учётную запись не входит)",
        "Былов Николай Фёдорович",
        born_on="1931-04-04",
        sex="male",
        held=Held(deceased=True),
        signs_in=False,
    ),
)

_STAFF = (
    _person(
        7,
        "registrar",
        "Регистратор медицинской организации 770001",
        "Регистратурова Вера Павловна",
        born_on="1988-08-08",
        sex="female",
        roles=("clinic_registrar",),
        place_of_work={"clinic": "770001", "region": "77"},
    ),
    _person(
        8,
        "operator",
        "Оператор страховой организации 77012",
        "Операторов Денис Романович",
        born_on="1992-10-10",
        sex="male",
        roles=("insurer_operator",),
        place_of_work={"insurer": "77012", "region": "77"},
    ),
    _person(
        9,
        "fund",
        "Оператор территориального фонда 77",
        "Фондова Нина Егоровна",
        born_on="1993-06-21",
        sex="female",
        roles=("fund_operator",),
        place_of_work={"region": "77"},
    ),
    _person(
        10,
        "administrator",
        "Администратор",
        "Настройкин Роман Юрьевич",
        born_on="1987-09-19",
        sex="male",
        roles=("administrator",),
    ),
    _person(
        11,
        "auditor",
        "Аудитор",
        "Проверкина Елена Максимовна",
        born_on="1975-01-25",
        sex="female",
        roles=("auditor",),
    ),
)

PERSONS: tuple[Person, ...] = (*_CITIZENS, *_STAFF)
