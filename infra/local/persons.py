"""The fictional persons that the local identity provider and the registers' simulator know."""

from __future__ import annotations

from typing import Any

from infra.local.person import Held, IdentityDocument, Insured, Person
from infra.local.person_numbers import inn_of, policy_number_of, snils_of


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


def _foreign_passport(serial: int) -> IdentityDocument:
    return IdentityDocument(
        type="9", series="", number=f"{9_000_000 + serial}", issued_on="2021-05-05", issuer="МВД", issuer_code=""
    )


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
        parents=("citizen",),
    ),
    _person(
        16,
        "foreigner",
        "Гражданин Узбекистана, разрешение на временное проживание",
        "Каримов Рустам Бахтиёрович",
        born_on="1988-04-17",
        sex="male",
        birthplace="Г. ТАШКЕНТ",
        document=_foreign_passport(16),
        status_document=IdentityDocument(
            type="23", series="82", number="9000016", issued_on="2025-02-10", expires_on="2028-02-09", issuer_code=""
        ),
    ),
    _person(
        17,
        "worker",
        "Гражданка Киргизии, работает по трудовому договору",
        "Асанова Айгуль Маратовна",
        born_on="1994-09-02",
        sex="female",
        birthplace="Г. БИШКЕК",
        document=_foreign_passport(17),
    ),
    _person(
        18,
        "refugee",
        "Беженец, в удостоверении только год рождения",
        "Хамидов Фарид Азимович",
        born_on="1984",
        sex="male",
        birthplace="Г. КАБУЛ",
        document=IdentityDocument(
            type="12", series="", number="9000018", issued_on="2025-03-01", expires_on="2027-05-31", issuer_code=""
        ),
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
        41,
        "second_fund",
        "Второй оператор территориального фонда 77",
        "Четвероглазова Инна Юрьевна",
        born_on="1990-11-02",
        sex="female",
        roles=("fund_operator",),
        place_of_work={"region": "77"},
    ),
    _person(
        42,
        "second_operator",
        "Второй оператор страховой организации 77012",
        "Сверкин Антон Ильич",
        born_on="1994-03-30",
        sex="male",
        roles=("insurer_operator",),
        place_of_work={"insurer": "77012", "region": "77"},
    ),
    _person(
        43,
        "neighbour_fund",
        "Оператор территориального фонда 78",
        "Соседова Кира Олеговна",
        born_on="1989-12-12",
        sex="female",
        roles=("fund_operator",),
        place_of_work={"region": "78"},
    ),
    _person(
        51,
        "civil_registry",
        "Информационная система органов ЗАГС",
        "Загсова Ирина Дмитриевна",
        born_on="1984-03-05",
        sex="female",
        roles=("civil_registry",),
    ),
    _person(
        61,
        "second_registrar",
        "Регистратор медицинской организации 770002",
        "Стойкина Алла Игоревна",
        born_on="1990-04-17",
        sex="female",
        roles=("clinic_registrar",),
        place_of_work={"clinic": "770002", "region": "77"},
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

REVOKED_POWERS = frozenset({"77 АВ 0000000"})
"""Powers of attorney that the notaries' register knows as revoked."""

PERSONS: tuple[Person, ...] = (*_CITIZENS, *_STAFF)
