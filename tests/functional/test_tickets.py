"""Support: a ticket from its question to its rating, in the cabinet, at the desks and by letters (requirement L2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from chalicelib.domain.reply_address import reply_address
from chalicelib.domain.ticket import MAX_ATTACHMENTS, MAX_MESSAGES
from tests.cases import meanwhile
from tests.journeys import FIRST_INSURER, actions, consented, drafted, messages, problem, scan, wrong_fields
from tests.tickets import ALL, QUESTION, act, attached, letter, opened, received, ticket, work

if TYPE_CHECKING:
    from tests.world import World

DESK = "/v1/operator/tickets"


def confirmed_mail(world: World) -> str:
    """The citizen's confirmed address of e-mail."""
    consented(world)
    email = world.ok("GET", "/v1/me")["email"]
    assert email["is_verified"], email
    return str(email["value"])


def address_of(world: World, ticket_id: str) -> str:
    secret, domain = world.tools.secrets.signing_secret, world.tools.mail_replies_domain
    return reply_address(ticket_id=ticket_id, secret=secret, domain=domain)


def thread(world: World, ticket_id: str) -> list[tuple[str, str]]:
    return [(message["source"], message["text"]) for message in ticket(world, ticket_id)["thread"]]


class TestTheWay:
    """Asked, taken, answered, handed over, closed, rated."""

    def test_from_the_question_to_the_rating(self, world: World) -> None:
        consented(world)
        made = opened(world)
        ticket_id = made["id"]
        assert re.fullmatch(r"Т-2026-[0-9]{8}-[0-9]", made["number"])
        assert (made["state"], made["due_on"], made["may"]) == ("open", "2026-03-19", ["write", "close"])
        (row,) = world.ok("GET", DESK, person="fund")["items"]
        assert (row["id"], row["is_taken"]) == (ticket_id, False)
        assert "subject" not in row
        problem(work(world, ticket_id, "messages", text="Завтра"), 409, "state_conflict")
        taken = work(world, ticket_id, "assignment").json()
        assert work(world, ticket_id, "assignment").json() == taken
        problem(work(world, ticket_id, "assignment", person="second_fund"), 409, "state_conflict")
        assert work(world, ticket_id, "messages", text="Проверить дату", internal=True).json()["state"] == "open"
        assert work(world, ticket_id, "messages", text="Завтра").json()["state"] == "answered"
        world.settle()
        assert [message["by"] for message in ticket(world, ticket_id)["thread"]] == ["person", "operator"]
        assert act(world, ticket_id, "messages", text="Спасибо").json()["state"] == "open"
        assert work(world, ticket_id, "closure").json()["state"] == "closed"
        assert work(world, ticket_id, "closure").status_code == 200
        world.settle()
        problem(act(world, ticket_id, "rating", rating=6), 422)
        rated = act(world, ticket_id, "rating", rating=5, comment=" Быстро ").json()
        assert (rated["rating"], rated["comment"]) == (5, "Быстро")
        assert act(world, ticket_id, "rating", rating=5, comment="Быстро").json() == rated
        assert {"ticket_opened", "ticket_answered", "ticket_closed"} <= {m["kind"] for m in messages(world)}
        assert [one["id"] for one in world.ok("GET", ALL)["items"]] == [ticket_id]
        world.ok("GET", f"{DESK}/{ticket_id}/details", person="fund")
        noted = {entry["action"] for entry in actions(world)}
        assert {"ticket_opened", "ticket_taken", "ticket_noted", "ticket_rated", "ticket_viewed"} <= noted

    def test_about_an_application_at_the_desk_of_its_insurer_and_handed_over_to_the_fund(self, world: World) -> None:
        application_id = drafted(world)
        world.ok("PATCH", f"/v1/applications/{application_id}", json={"insurer": {"code": FIRST_INSURER}})
        ticket_id = opened(world, category="application", application_id=application_id)["id"]
        problem(work(world, ticket_id, "assignment"), 404)
        work(world, ticket_id, "assignment", person="operator")
        body = {"note": "Вопрос о взаимодействии с фондом", "to_other_desk": True}
        assert work(world, ticket_id, "handover", person="operator", **body).json()["is_taken"] is False
        assert work(world, ticket_id, "handover", person="operator", **body).json()["is_taken"] is False
        problem(work(world, ticket_id, "handover", person="operator", note="Другое", to_other_desk=True), 404)
        problem(work(world, ticket_id, "handover", person="neighbour_fund", **body), 404)
        problem(work(world, ticket_id, "assignment", person="operator"), 404)
        work(world, ticket_id, "assignment")
        assert work(world, ticket_id, "handover", note="Коллеге").json()["is_taken"] is False
        seen = world.ok("GET", f"{DESK}/{ticket_id}/details", person="second_fund")["thread"]
        assert [message["internal"] for message in seen] == [False, True, True]
        assert len(ticket(world, ticket_id)["thread"]) == 1

        alone = opened(world)["id"]
        work(world, alone, "assignment")
        problem(work(world, alone, "handover", **body), 409, "state_conflict")

    def test_files_are_checked_and_shown_with_the_viewers_name(self, world: World) -> None:
        consented(world)
        ticket_id = opened(world)["id"]
        kept = attached(world, ticket_id)
        assert kept["state"] == "accepted"
        assert world.ok("GET", f"{ALL}/{ticket_id}/attachments/{kept['id']}/preview")["url"]
        assert work(world, ticket_id, f"attachments/{kept['id']}/views", page=1).json()["pages"] == 1
        ordered = act(world, ticket_id, "attachments", media_type="image/png").json()["scan"]["id"]
        problem(world.call("GET", f"{ALL}/{ticket_id}/attachments/{ordered}/preview"), 404)
        for _ in range(MAX_ATTACHMENTS - 2):
            act(world, ticket_id, "attachments", media_type="image/png")
        problem(act(world, ticket_id, "attachments", media_type="image/png"), 422, "rule_refused", "too_many_scans")

    def test_time_marks_what_is_late_and_closes_what_is_silent(self, world: World) -> None:
        consented(world)
        ticket_id = opened(world)["id"]
        work(world, ticket_id, "assignment")
        world.sleep(days=5)
        # The first transaction of the schedule opens the exchange of the day, the second is that of the ticket.
        with meanwhile(lambda: act(world, ticket_id, "messages", text="Ещё вопрос"), times=2):
            world.run("run_due")
        assert ticket(world, ticket_id)["is_overdue"] is False
        world.run("run_due")
        assert ticket(world, ticket_id)["is_overdue"] is True
        assert work(world, ticket_id, "assignment", person="second_fund").json()["is_mine"] is True
        work(world, ticket_id, "messages", person="second_fund", text="Готово")
        world.sleep(days=15)
        world.run("run_due")
        assert ticket(world, ticket_id)["state"] == "closed"
        assert act(world, ticket_id, "messages", text="Опять").json()["state"] == "open"
        assert act(world, ticket_id, "closure").json()["state"] == "closed"
        assert act(world, ticket_id, "closure").status_code == 200
        problem(work(world, ticket_id, "assignment", person="fund"), 409, "state_conflict")
        world.sleep(days=31)
        problem(act(world, ticket_id, "messages", text="Опять"), 409, "state_conflict")

    def test_mistakes_are_told_and_nothing_is_written(self, world: World) -> None:
        consented(world)
        answer = world.call("POST", ALL, json={**QUESTION, "text": "  "})
        assert wrong_fields(problem(answer, 422)) == {"text": "required"}
        answer = world.call("POST", ALL, json={**QUESTION, "subject": " \n", "text": ""})
        assert wrong_fields(problem(answer, 422)) == {"subject": "required", "text": "required"}
        answer = world.call("POST", ALL, json={**QUESTION, "application_id": "01KKTXZ8M0J77M3GB40726KZTJ"})
        problem(answer, 404)
        ticket_id = opened(world)["id"]
        problem(act(world, ticket_id, "rating", rating=5), 409, "state_conflict")
        problem(world.call("GET", f"{ALL}/{ticket_id}/attachments/01KKTXZ8M0J77M3GB40726KZTJ/details"), 404)
        assert len(world.ok("GET", ALL)["items"]) == 1


class TestLetters:
    """Answers by e-mail: threaded by the signed address, taken in once, strangers get no answer."""

    def test_an_answer_joins_the_thread_with_its_files_once(self, world: World) -> None:
        sender = confirmed_mail(world)
        ticket_id = opened(world)["id"]
        world.settle()
        to = world.tools.email.sent[-1].reply_to
        assert to == address_of(world, ticket_id)
        text = "Вот справка\n\n16 марта 2026, Сервис полисов ОМС пишет:\n> прежнее письмо\n"
        made = letter(to, text=text, sender=f"Анна <{sender.upper()}>")
        made.add_attachment(scan(), maintype="image", subtype="png", filename="../x.png")
        made.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="x.exe")
        received(world, made)
        received(world, made, name="letter-2")

        assert thread(world, ticket_id) == [("cabinet", QUESTION["text"]), ("mail", "Вот справка")]
        (kept,) = ticket(world, ticket_id)["attachments"]
        assert ticket(world, ticket_id)["thread"][1]["attachments"] == [kept["id"]]
        key = f"scans/{ticket_id}/{kept['id']}"
        world.invoke("scan_uploads", world.arrived(key, world.tools.scans.read(key=key, max_bytes=10**7)))
        received(world, made, name="letter-3")
        assert [(scan["id"], scan["state"]) for scan in ticket(world, ticket_id)["attachments"]] == [
            (kept["id"], "accepted")
        ]

    def test_strangers_robots_and_what_is_broken_leave_no_trace(self, world: World) -> None:
        sender = confirmed_mail(world)
        ticket_id = opened(world)["id"]
        to = address_of(world, ticket_id)
        forged = to.replace(to[30:50], "0" * 20)
        world.settle()
        sent = len(world.tools.email.sent)
        bad: list[Any] = [
            letter(to, sender="stranger@example.org"),
            letter("somebody@answers.example.org", sender=sender),
            letter(forged, sender=sender),
            letter(address_of(world, "01KKTXZ8M0J77M3GB40726KZTJ"), sender=sender),
            letter(to, sender=sender, Auto_Submitted="auto-replied"),
            letter(to, sender=sender, X_SES_Virus_Verdict="FAIL"),
            letter(to, sender=sender, Authentication_Results="amazonses.com; dmarc=fail"),
            letter(to, sender="mailer-daemon@example.org"),
            letter(to, sender=sender, message_id=""),
            b"",
            b"\xff\xfe\x00" * 100,
            b"x" * (10 * 1024 * 1024 + 1),
        ]
        for number, made in enumerate(bad):
            received(world, made, name=f"bad-{number}")
        assert len(thread(world, ticket_id)) == 1
        world.invoke("inbound_mail", '{"Records": [{"s3": {"object": {"key": "mail/gone"}}}]}')
        world.invoke("inbound_mail", '{"Records": [{"s3": {"object": {"key": "scans/x/y"}}}]}')
        world.settle()
        assert len(world.tools.email.sent) == sent

    def test_a_letter_without_a_text_or_to_a_thread_without_end(self, world: World) -> None:
        sender = confirmed_mail(world)
        ticket_id = opened(world)["id"]
        to = address_of(world, ticket_id)
        received(world, letter(to, sender=sender, text="> только старое"))
        assert thread(world, ticket_id)[1] == ("mail", "(письмо без текста)")
        for place in range(MAX_MESSAGES - 2):
            act(world, ticket_id, "messages", text=str(place))
        received(world, letter(to, sender=sender, message_id="<last@x>"), name="last")
        assert len(thread(world, ticket_id)) == MAX_MESSAGES
