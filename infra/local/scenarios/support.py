"""The scenario of a question to support: a file, an answer, a letter that joins the thread, a hand-over, a rating."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.secrets import ServiceSecrets
from chalicelib.domain.reply_address import reply_address
from infra.local.blueprint import REPLIES_DOMAIN
from infra.local.journey import passport_photo
from infra.local.scenarios.stage import INSURER
from infra.local.stack import Cloud

if TYPE_CHECKING:
    from infra.local.scenarios.stage import Stage

_OWN, _DESK = "/v1/tickets", "/v1/operator/tickets"
_REPLY = "Спасибо. А можно прийти за выпиской вдвоём?\n\n25 ноября 2026, Сервис полисов ОМС пишет:\n> прежнее письмо\n"


def support(stage: Stage) -> None:
    """A ticket at the insurer's desk is answered, continued by e-mail, handed over to the fund, closed and rated."""
    journey = stage.journey
    person = stage.someone("Вопросова Вера Павловна", born_on="1991-04-09", sex="female")
    for operator in ("operator", "fund"):
        journey.sign_in(operator)
    ticket_id = _opened(stage, person)
    _attach(stage, person, ticket_id)
    _work(stage, ticket_id, "assignment", "operator")
    _work(stage, ticket_id, "messages", "operator", text="Проверьте, пожалуйста, адрес: он на второй странице")
    stage.told(person, "ticket_answered")
    journey.step("taken and answered at the insurer's desk; a letter went out")
    _answer_by_letter(stage, person, ticket_id)
    body = {"note": "Вопрос о порядке выдачи: за фондом", "to_other_desk": True}
    _work(stage, ticket_id, "handover", "operator", **body)
    journey.refused(404, "GET", f"{_DESK}/{ticket_id}/details", person="operator")
    journey.step("handed over to the fund, with a note that the person does not see")
    _work(stage, ticket_id, "assignment", "fund")
    _work(stage, ticket_id, "messages", "fund", text="Да, выписку получает тот, у кого код")
    _work(stage, ticket_id, "closure", "fund")
    stage.told(person, "ticket_closed")
    rated = journey.ok("POST", f"{_OWN}/{ticket_id}/rating", person=person, json={"rating": 5, "comment": "Быстро"})
    thread = journey.ok("GET", f"{_OWN}/{ticket_id}/details", person=person)["thread"]
    journey.expect(
        [one["source"] for one in thread] == ["cabinet", "desk", "mail", "desk"], "the thread lost a message"
    )
    journey.step("closed by the fund and rated", rating=rated["rating"], messages=len(thread))


def _opened(stage: Stage, person: str) -> str:
    journey = stage.journey
    application_id = journey.draft(person, "first_policy", {"code": INSURER})
    question = {"category": "application", "subject": "Адрес", "text": "Куда вписать адрес временного проживания?"}
    opened = journey.ok("POST", _OWN, person=person, json={**question, "application_id": application_id})
    stage.told(person, "ticket_opened")
    journey.step("a question about a draft", number=opened["number"], answer_by=opened["due_on"])
    return str(opened["id"])


def _attach(stage: Stage, person: str, ticket_id: str) -> None:
    journey, path = stage.journey, f"{_OWN}/{ticket_id}/attachments"
    ordered = journey.ok("POST", path, person=person, json={"media_type": "image/jpeg"})
    answer = journey.store(ordered["upload"], passport_photo())
    journey.expect(answer.is_success, f"upload: {answer.status_code} {answer.text[:300]}")

    def look() -> Any:
        found = journey.ok("GET", f"{path}/{ordered['scan']['id']}/details", person=person)
        return found if found["state"] != "awaiting_upload" else None

    found = journey.wait("the check of the file", look)
    journey.expect(found["state"] == "accepted", f"the file was refused: {found['message']}")
    journey.step("a file attached, checked as any scan")


def _answer_by_letter(stage: Stage, person: str, ticket_id: str) -> None:
    """The person answers the letter in a mail program; SES would put it into the bucket as this does."""
    journey = stage.journey
    sender = journey.ok("GET", "/v1/me", person=person)["email"]["value"]
    letter = EmailMessage()
    cloud = Cloud(journey.at.cloud)
    letter["From"], letter["To"] = sender, _reply_address(cloud, ticket_id)
    letter["Subject"], letter["Message-ID"] = "Re: обращение", f"<{ticket_id}@example.org>"
    letter.set_content(_REPLY)
    s3 = cloud.client("s3")
    bucket = next(found["Name"] for found in s3.list_buckets()["Buckets"] if "scans" in found["Name"])
    s3.put_object(Bucket=bucket, Key=f"mail/{ticket_id}", Body=letter.as_bytes())

    def look() -> Any:
        thread = journey.ok("GET", f"{_OWN}/{ticket_id}/details", person=person)["thread"]
        return next((one["text"] for one in thread if one["source"] == "mail"), None)

    text = journey.wait("the letter in the thread", look)
    journey.expect(">" not in text, "what was cited came along")
    journey.step("answered by e-mail: the letter joins the thread without what it cites")


def _reply_address(cloud: Cloud, ticket_id: str) -> str:
    """Where the letter wants its answer: the emulator keeps letters without it, so it is made as the service does."""
    client = cloud.client("secretsmanager")
    secret = next(found for found in client.list_secrets()["SecretList"] if "LookupSecret" in found["Name"])
    secrets = ServiceSecrets(client=client, secret_id=secret["ARN"])
    return reply_address(ticket_id=ticket_id, secret=secrets.signing_secret, domain=REPLIES_DOMAIN)


def _work(stage: Stage, ticket_id: str, step: str, operator: str, **body: Any) -> Any:
    options = {"json": body} if body else {}
    return stage.journey.ok("POST", f"{_DESK}/{ticket_id}/{step}", person=operator, **options)
