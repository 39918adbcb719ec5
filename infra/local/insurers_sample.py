"""Insurers for demonstration: facts of the federal registry F002 as of 04.02.2015, shown as such."""

from __future__ import annotations

from datetime import date

from chalicelib.domain.insurer import Insurer
from chalicelib.domain.insurer_ratings import Criterion
from chalicelib.domain.insurer_records import InsurerRating

SOURCE = "Реестр СМО (F002), демонстрационные данные по состоянию на 04.02.2015"

# Code | region | name | ИНН | ОГРН | КПП | address | phone | site | licence | its date | included on.
# Mailboxes are of example.org: nothing is sent to the organizations.
_ROWS = """
77012|77|ОАО "СТРАХОВАЯ КОМПАНИЯ "СОГАЗ-МЕД"|7728170427|1027739008440|775001001|117997, Г.МОСКВА, НАМЕТКИНА УЛИЦА, ДОМ 16|(495)225-23-10|http://www.sogaz-med.ru|С 3230 77|2009-02-10|2012-01-01
77015|77|ООО "РГС-МЕДИЦИНА"|7813171100|1027806865481|775001001|121059, 121059, Г.МОСКВА, УЛ.КИЕВСКАЯ, Д.7|8-495-287-81-25|www.rgs.ru|С № 367677|2010-02-26|2012-08-24
77004|77|ЗАО "МАКС-М"|7702030351|1027739099772|774401001|115184, Г.МОСКВА, ОРДЫНКА МАЛАЯ УЛИЦА, ДОМ 50|(495)276-00-10ДОБ.90-04 (495)951-35-61|http://www.makc.ru|С 2226 77|2007-03-26|2011-01-01
77008|77|ООО "СМК РЕСО-МЕД" (МОСКОВСКИЙ ФИЛИАЛ)|5035000265|1025004642519|774403001|142500, МОСКОВСКАЯ ОБЛАСТЬ, Г.ПАВЛОВСКИЙ ПОСАД, УРИЦКОГО УЛИЦА, ДОМ 26|(495)730-30-00ДОБ.6240 (495)543-92-04|http://www.reso-med.ru|С 0879 50|2008-09-29|2011-01-01
77013|77|ООО "СК "ИНГОССТРАХ-М"|5256048032|1045207042528|775001001|115035, Г.МОСКВА, ПЯТНИЦКАЯ УЛИЦА, ДОМ 12, СТРОЕНИЕ 2|(495)232-34-91 (499)611-52-78|http://www.ingos-m.ru|C 3837 77|2010-09-14|2012-01-01
74057|74|АЛЬФАСТРАХОВАНИЕ-ОМС ЧЕЛЯБИНСКИЙ ФИЛИАЛ|7106060429|1047100775963|745143001|115162, Г.МОСКВА, УЛ.ШАБОЛОВКА,Д.31,СТР.8|8-495-7880999|www.alfastrahoms.ru|С 0193 77|2013-07-09|2013-08-07
16051|16|ООО "СК "АК БАРС-МЕД"|1657049646|1041625409033|165801001|420124, РЕСПУБЛИКА ТАТАРСТАН, Г. КАЗАНЬ, УЛ. МЕРИДИАННАЯ, Д. 1|(843) 524-96-00|www.akbarsmed.ru|С № 3943 16|2011-05-12|2011-01-01
16053|16|ООО СМО "ЧУЛПАН-МЕД"|1644031803|1041608018726|164401001|423450, РЕСПУБЛИКА ТАТАРСТАН, АЛЬМЕТЬЕВСКИЙ РАЙОН, Г. АЛЬМЕТЬЕВСК, УЛ. ПУШКИНА, Д. 66|8-8553-304494|www.чулпан-мед.рф|С № 3957 16|2007-04-20|2011-01-01
54001|54|ООО "СМО "СИМАЗ-МЕД"|5407187457|1025403200151|540701001|630007, Г. НОВОСИБИРСК, УЛ. ОКТЯБРЬСКАЯ, 34|8(383) 218-29-24|http://www.simaz-med.ru/|C № 2444 54|2006-08-01|2011-01-01
61001|61|ООО МСО "ПАНАЦЕЯ"|6165008210|1026103708729|616501001|344012, Г. РОСТОВ-НА-ДОНУ, УЛ. МЕЧНИКОВА, Д. 43|(863)234-18-99|www.mco-panacea.ru|С017361|2007-01-25|2011-01-01
66004|66|СМК "АСТРАМЕД -МС" (ОАО)|6685000585|1126679000150|667901001|620073, СВЕРДЛОВСКАЯ ОБЛАСТЬ, Г.ЕКАТЕРИНБУРГ, УЛ. КРЕСТИНСКОГО, 46 А, ОФ. 303|(343) 380-53-96|http://www.astramed-ms.ru|С № 1372 66|2012-02-21|2011-01-01
66062|66|ООО СМК "УГМК-МЕДИЦИНА"|6661087851|1026605252871|667001001|620075, СВЕРДЛОВСКАЯ ОБЛАСТЬ, Г. ЕКАТЕРИНБУРГ, УЛ. ПЕРВОМАЙСКАЯ, 15|(343) 283-05-00|http://www.ugmk-medicina.ru/|С № 3313 66|2010-11-29|2011-01-01
23207|23|ОБЩЕСТВО С ОГРАНИЧЕННОЙ ОТВЕТСТВЕННОСТЬЮ "АЛЬФАСТРАХОВАНИЕ-ОМС"|7106060429|1047100775963|231043002|115162, Г.МОСКВА, УЛ.ШАБОЛОВКА, Д.31, СТР.8|8-861-2104429||0193 77|2013-07-09|2013-07-30
50005|50|ООО "СМК РЕСО-МЕД''|5035000265|1025004642519|503501001|142506, МОСКОВСКАЯ ОБЛАСТЬ, Г.ПАВЛОВСКИЙ ПОСАД, УЛ. УРИЦКОГО, Д. 26|8-499-9513023|http://www.reso-med.com|С № 0879 50|2008-09-29|2011-05-25
78006|78|САНКТ-ПЕТЕРБУРГСКИЙ ФИЛИАЛ ООО "СМК РЕСО-МЕД"|5035000265|1025004642519|784243001|142500, МОСКОВСКАЯ ОБЛ., Г. ПАВЛОВСКИЙ ПОСАД, УЛ. УРИЦКОГО, Д. 26|(812)334-21-18|http://www.reso-med.com|С № 0879 50|2008-09-29|2011-01-01
02010|02|БАШКИРСКИЙ ФИЛИАЛ "СПАСЕНИЕ-БМСК"|1659148586|1141690061391|027443001|420059, РЕСПУБЛИКА ТАТАРСТАН, Г. КАЗАНЬ, УЛ. ЭСПЕРАНТО, Д. 47|8-347-2736121|http://www.spasenie-med.ru|C № 3528 16|2009-04-16|2011-08-25
"""

# One whose licence has ended, to show that it cannot be chosen.
_CLOSED = "77999|77|ООО СМО «Пример без лицензии»|7707083893|1027739099772|770701001|101000, г. Москва|+7 (495) 000-00-00||С 0000 77|2010-01-01|2010-01-01"
_CLOSED_UNTIL = date(2020, 1, 1)


def _read(row: str, *, licence_until: date | None = None) -> Insurer:
    code, region, name, inn, ogrn, kpp, address, phone, site, licence, licensed, included = row.split("|")
    return Insurer(
        code=code,
        region=region,
        name=name,
        full_name=name,
        inn=inn,
        ogrn=ogrn,
        kpp=kpp,
        address=address,
        phones=(phone,),
        email=f"smo-{code}@example.org",
        site=site,
        head="",
        licence_number=licence,
        licence_from=date.fromisoformat(licensed),
        licence_until=licence_until,
        included_on=date.fromisoformat(included),
        source=SOURCE,
    )


INSURERS: tuple[Insurer, ...] = (
    *(_read(row) for row in _ROWS.strip().splitlines()),
    _read(_CLOSED, licence_until=_CLOSED_UNTIL),
)

RATINGS_SOURCE = "Показательные значения для демонстрации, не сведения фонда"

# Code | share of insured | violations | surveys | complaints | court results | openness, of the last full year.
_RATINGS = """
77012|34.2|2.1|91.4|0.8|76|4.9
77015|18.6|2.9|87|1.3|71.5|4.4
77004|21.3|1.7|89.2|1.1|80|4.6
77008|9.8|3.4|84.5|2.2|64|3.9
77013|16.1|2.4|90.3|0.9|73|4.7
16051|61.5|1.9|92.6|0.7|78|4.8
16053|38.5|2.6|88.1|1|69|4.2
66004|57.4|2.2|90.8|1.2|74|4.5
66062|42.6|2.8|86.9|1.5|70|4.1
"""


def sample_ratings(*, year: int) -> tuple[InsurerRating, ...]:
    """Figures that let one compare insurers; the year before has a little less of each."""
    regions = {insurer.code: insurer.region for insurer in INSURERS}
    made = []
    for row in _RATINGS.strip().splitlines():
        code, *figures = row.split("|")
        for age, part in ((0, 1.0), (1, 0.97)):
            values = {name.value: round(float(text) * part, 1) for name, text in zip(Criterion, figures, strict=True)}
            made.append(
                InsurerRating(
                    insurer_code=code,
                    region=regions[code],
                    year=year - age,
                    values=values,
                    source=RATINGS_SOURCE,
                    version=1,
                )
            )
    return tuple(made)
