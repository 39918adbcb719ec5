"""What the journal of actions, its actors and the groups of notifications are called on pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.notifications import RULES, Channel, NotificationKind

if TYPE_CHECKING:
    from collections.abc import Iterator

ACTORS = {
    "person": "Вы",
    "representative": "Представитель",
    "operator": "Оператор",
    "clinic": "Медицинская организация",
    "auditor": "Аудитор",
    "civil_registry": "ЗАГС",
    "system": "Сервис",
}

ACTIONS = {
    "application_created": "Начато заявление",
    "application_submitted": "Подано заявление",
    "application_verified": "Заявление проверено по реестрам",
    "application_refused": "В заявлении отказано",
    "application_withdrawn": "Заявление отозвано",
    "application_viewed": "Просмотрено заявление",
    "application_expired": "Черновик удалён по сроку",
    "application_lapsed": "Срок ответа на уточнение истёк",
    "signature_requested": "Запрошен код подписи",
    "clarification_asked": "Запрошено уточнение",
    "operator_needed": "Заявление передано оператору",
    "operator_decided": "Оператор принял решение",
    "sent_back_to_verification": "Заявление отправлено на повторную проверку",
    "scan_checked": "Проверена скан-копия",
    "scan_replaced": "Скан-копия заменена",
    "scan_viewed": "Просмотрена скан-копия",
    "certificate_issued": "Выдано временное свидетельство",
    "certificate_revoked": "Временное свидетельство прекращено",
    "certificate_expired": "Срок временного свидетельства истёк",
    "certificate_warning": "Напоминание о сроке свидетельства",
    "policy_issued": "Оформлен полис",
    "policy_registered": "Полис внесён в реестр",
    "policy_replaced": "Полис переоформлен",
    "policy_retired": "Полис прекращён",
    "policy_annulled": "Полис аннулирован",
    "policy_shared": "Создан временный QR-код полиса",
    "insurer_changed": "Сменилась страховая организация",
    "insurer_change_scheduled": "Назначена смена страховой организации",
    "insurance_viewed": "Проверен полис",
    "person_viewed": "Просмотрены сведения о вас",
    "extract_ordered": "Заказана выписка",
    "delivery_ordered": "Заказана доставка выписки",
    "profile_changed": "Изменён профиль",
    "contact_confirmed": "Подтверждён телефон или почта",
    "consent_given": "Дано согласие на обработку данных",
    "consent_revoked": "Согласие отозвано",
    "represented": "Добавлен представляемый",
    "representation_given": "Получено право представлять",
    "representation_ended": "Представительство прекращено",
    "legacy_policy_registered": "Зарегистрирован полис прежнего образца",
    "legacy_policy_superseded": "Полис прежнего образца заменён",
    "journal_exported": "Выгружен журнал",
    "export_ordered": "Заказана выгрузка данных",
    "export_made": "Выгрузка данных готова",
    "export_downloaded": "Скачана выгрузка данных",
    "erasure_asked": "Потребовано уничтожить данные",
    "erasure_answered": "Дан ответ на требование об уничтожении",
    "data_erased": "Данные уничтожены",
    "appeal_begun": "Начата жалоба",
    "appeal_filed": "Подана жалоба",
    "appeal_question_asked": "По жалобе задан вопрос",
    "appeal_answered": "Дан ответ по жалобе",
    "appeal_not_answered": "Срок ответа по жалобе истёк",
    "appeal_upheld": "Жалоба удовлетворена",
    "appeal_rejected": "В жалобе отказано",
    "appeal_escalated": "Жалоба передана в территориальный фонд",
    "appeal_withdrawn": "Жалоба отозвана",
    "appeal_draft_expired": "Черновик жалобы удалён по сроку",
    "appeal_overdue": "Срок решения жалобы прошёл",
    "appeal_taken": "Жалоба взята в работу",
    "appeal_released": "Жалоба возвращена в список",
    "appeal_viewed": "Просмотрена жалоба",
    "ticket_opened": "Отправлено обращение в поддержку",
    "ticket_written_to": "Написано в обращение",
    "ticket_reopened": "Обращение открыто снова",
    "ticket_answered": "Поддержка ответила на обращение",
    "ticket_noted": "К обращению добавлена заметка",
    "ticket_taken": "Обращение взято в работу",
    "ticket_handed_over": "Обращение передано",
    "ticket_overdue": "Срок ответа на обращение прошёл",
    "ticket_closed": "Обращение закрыто",
    "ticket_rated": "Оценён ответ поддержки",
    "ticket_viewed": "Просмотрено обращение",
    "employer_registered": "Добавлена организация",
    "employer_confirmed": "Организация подтверждена",
    "employer_refused": "Организация не подтверждена",
    "employer_request_made": "Запрошены справки о сотрудниках",
    "employer_list_read": "Прочитан список сотрудников",
    "employer_list_refused": "Список сотрудников не прочитан",
    "employer_request_refreshed": "Строки запроса проверяются заново",
    "employer_request_ready": "Справки о сотрудниках готовы",
    "employer_file_taken": "Скачан файл запроса",
    "employee_consent_asked": "Работодатель спросил о вашем страховании",
    "employee_consent_given": "Работодателю разрешено знать о страховании",
    "employee_consent_refused": "Работодателю не разрешено знать о страховании",
    "employee_consent_revoked": "Разрешение работодателю отозвано",
    "delivery_viewed": "Просмотрена доставка выписки",
    "delivery_document_opened": "Выписка открыта для печати",
    "delivery_ready": "Выписка готова к выдаче",
    "delivery_handed_over": "Выписка выдана",
    "delivery_unclaimed": "Срок хранения выписки истёк",
    "delivery_parcel_formed": "Сформировано отправление с выпиской",
    "delivery_sent": "Выписка отправлена почтой",
    "delivery_delivered": "Выписка доставлена",
    "delivery_not_claimed": "Выписка не получена на почте",
    "delivery_returned": "Выписка возвращена",
    "delivery_cancelled": "Доставка выписки отменена",
    "delivery_address_changed": "Изменён адрес доставки",
    "delivery_reopened": "Доставка выписки заказана снова",
    "delivery_overdue": "Срок доставки выписки прошёл",
    "pickup_code_renewed": "Запрошен новый код получения",
    "pickup_code_wrong": "Введён неверный код получения",
}
OTHER_ACTION = "Изменение записи"

GROUPS = {
    "application": ("О ходе заявлений", ("application_", "verification_", "clarification_", "draft_")),
    "certificate": ("О временном свидетельстве", ("certificate_",)),
    "policy": ("О полисе и страховой организации", ("policy_", "insurer_change", "legacy_policy_")),
    "paper": ("О выписке на бумаге", ("extract_",)),
    "appeal": ("О жалобах и обращениях", ("appeal_", "ticket_")),
    "employer": ("О справках для работодателя", ("employer_",)),
    "family": ("О тех, кого вы представляете", ("newborn_", "child_", "representation_")),
    "consent": ("О согласиях и исправлениях", ("consent_", "personal_", "contact_removed", "records_", "correction_")),
}
"""Group → its title, and with what the kinds of notifications in it begin."""

CHANNELS = {Channel.SMS: "СМС", Channel.EMAIL: "Письмо"}


def kinds_of(group: str, channel: Channel) -> Iterator[NotificationKind]:
    """The notifications of a group that go by a channel and may be switched off."""
    _, starts = GROUPS[group]
    for kind, rules in RULES.items():
        if kind.value.startswith(starts) and channel in rules.channels and rules.may_be_switched_off:
            yield kind
