"""Countries of citizenship: ISO 3166-1 alpha-3 codes with their short Russian names (the classifier ОКСМ).

Names follow the Unicode CLDR; what has no country has the code of ICAO Doc 9303.
"""

from __future__ import annotations

RUSSIA = "RUS"
STATELESS = "XXA"
"""A person without citizenship (ICAO Doc 9303, part 3, section 5)."""

EAEU = frozenset({"ARM", "BLR", "KAZ", "KGZ"})
"""The other member states of the Eurasian Economic Union (Treaty of 29.05.2014)."""

_ROWS = """
ABW Аруба
AFG Афганистан
AGO Ангола
AIA Ангилья
ALA Аландские острова
ALB Албания
AND Андорра
ARE ОАЭ
ARG Аргентина
ARM Армения
ASM Американское Самоа
ATA Антарктида
ATF Французские Южные территории
ATG Антигуа и Барбуда
AUS Австралия
AUT Австрия
AZE Азербайджан
BDI Бурунди
BEL Бельгия
BEN Бенин
BES Бонэйр, Синт-Эстатиус и Саба
BFA Буркина-Фасо
BGD Бангладеш
BGR Болгария
BHR Бахрейн
BHS Багамы
BIH Босния и Герцеговина
BLM Сен-Бартелеми
BLR Беларусь
BLZ Белиз
BMU Бермудские острова
BOL Боливия
BRA Бразилия
BRB Барбадос
BRN Бруней
BTN Бутан
BVT о-в Буве
BWA Ботсвана
CAF Центрально-Африканская Республика
CAN Канада
CCK Кокосовые острова
CHE Швейцария
CHL Чили
CHN Китай
CIV Кот-д’Ивуар
CMR Камерун
COD Конго - Киншаса
COG Конго - Браззавиль
COK острова Кука
COL Колумбия
COM Коморы
CPV Кабо-Верде
CRI Коста-Рика
CUB Куба
CUW Кюрасао
CXR о-в Рождества
CYM острова Кайман
CYP Кипр
CZE Чехия
DEU Германия
DJI Джибути
DMA Доминика
DNK Дания
DOM Доминиканская Республика
DZA Алжир
ECU Эквадор
EGY Египет
ERI Эритрея
ESH Западная Сахара
ESP Испания
EST Эстония
ETH Эфиопия
FIN Финляндия
FJI Фиджи
FLK Фолклендские острова
FRA Франция
FRO Фарерские острова
FSM Федеративные Штаты Микронезии
GAB Габон
GBR Великобритания
GEO Грузия
GGY Гернси
GHA Гана
GIB Гибралтар
GIN Гвинея
GLP Гваделупа
GMB Гамбия
GNB Гвинея-Бисау
GNQ Экваториальная Гвинея
GRC Греция
GRD Гренада
GRL Гренландия
GTM Гватемала
GUF Французская Гвиана
GUM Гуам
GUY Гайана
HKG Гонконг (САР)
HMD острова Херд и Макдональд
HND Гондурас
HRV Хорватия
HTI Гаити
HUN Венгрия
IDN Индонезия
IMN о-в Мэн
IND Индия
IOT Британская территория в Индийском океане
IRL Ирландия
IRN Иран
IRQ Ирак
ISL Исландия
ISR Израиль
ITA Италия
JAM Ямайка
JEY Джерси
JOR Иордания
JPN Япония
KAZ Казахстан
KEN Кения
KGZ Киргизия
KHM Камбоджа
KIR Кирибати
KNA Сент-Китс и Невис
KOR Республика Корея
KWT Кувейт
LAO Лаос
LBN Ливан
LBR Либерия
LBY Ливия
LCA Сент-Люсия
LIE Лихтенштейн
LKA Шри-Ланка
LSO Лесото
LTU Литва
LUX Люксембург
LVA Латвия
MAC Макао (САР)
MAF Сен-Мартен
MAR Марокко
MCO Монако
MDA Молдова
MDG Мадагаскар
MDV Мальдивы
MEX Мексика
MHL Маршалловы острова
MKD Северная Македония
MLI Мали
MLT Мальта
MMR Мьянма (Бирма)
MNE Черногория
MNG Монголия
MNP Северные Марианские острова
MOZ Мозамбик
MRT Мавритания
MSR Монтсеррат
MTQ Мартиника
MUS Маврикий
MWI Малави
MYS Малайзия
MYT Майотта
NAM Намибия
NCL Новая Каледония
NER Нигер
NFK о-в Норфолк
NGA Нигерия
NIC Никарагуа
NIU Ниуэ
NLD Нидерланды
NOR Норвегия
NPL Непал
NRU Науру
NZL Новая Зеландия
OMN Оман
PAK Пакистан
PAN Панама
PCN острова Питкэрн
PER Перу
PHL Филиппины
PLW Палау
PNG Папуа — Новая Гвинея
POL Польша
PRI Пуэрто-Рико
PRK КНДР
PRT Португалия
PRY Парагвай
PSE Палестинские территории
PYF Французская Полинезия
QAT Катар
REU Реюньон
ROU Румыния
RUS Российская Федерация
RWA Руанда
SAU Саудовская Аравия
SDN Судан
SEN Сенегал
SGP Сингапур
SGS Южная Георгия и Южные Сандвичевы острова
SHN о-в Св. Елены
SJM Шпицберген и Ян-Майен
SLB Соломоновы острова
SLE Сьерра-Леоне
SLV Сальвадор
SMR Сан-Марино
SOM Сомали
SPM Сен-Пьер и Микелон
SRB Сербия
SSD Южный Судан
STP Сан-Томе и Принсипи
SUR Суринам
SVK Словакия
SVN Словения
SWE Швеция
SWZ Эсватини
SXM Синт-Мартен
SYC Сейшельские острова
SYR Сирия
TCA Тёркс и Кайкос
TCD Чад
TGO Того
THA Таиланд
TJK Таджикистан
TKL Токелау
TKM Туркменистан
TLS Восточный Тимор
TON Тонга
TTO Тринидад и Тобаго
TUN Тунис
TUR Турция
TUV Тувалу
TWN Тайвань
TZA Танзания
UGA Уганда
UKR Украина
UMI Внешние малые острова (США)
URY Уругвай
USA Соединенные Штаты
UZB Узбекистан
VAT Ватикан
VCT Сент-Винсент и Гренадины
VEN Венесуэла
VGB Виргинские острова (Великобритания)
VIR Виргинские острова (США)
VNM Вьетнам
VUT Вануату
WLF Уоллис и Футуна
WSM Самоа
YEM Йемен
ZAF Южно-Африканская Республика
ZMB Замбия
ZWE Зимбабве
"""

COUNTRIES: dict[str, str] = {
    **{row[:3]: row[4:] for row in _ROWS.strip().splitlines()},
    STATELESS: "Лицо без гражданства",
}
"""Code → name."""

FOREIGN = frozenset(COUNTRIES) - {RUSSIA, STATELESS}
"""Every citizenship but the Russian."""
