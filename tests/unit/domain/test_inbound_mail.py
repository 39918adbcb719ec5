"""Letters that come in: what is new in them, what is ignored, and that no bytes break the reading (L2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.inbound_mail import CUT, MAX_FILES, read_letter, visible_text, without_history
from chalicelib.domain.reply_address import reply_address, ticket_of
from tests.tickets import letter

SECRET, DOMAIN, TICKET = b"secret", "Answers.example.org", "01KKTXZ8M0J77M3GB40726KZTJ"


def read(made, *, max_text=4000, max_file=100):
    data = made if isinstance(made, bytes) else made.as_bytes()
    return read_letter(data=data, max_text=max_text, max_file=max_file)


@pytest.mark.parametrize(
    "head",
    [
        "16 марта 2026 г., в 12:00, Сервис <polis@example.org> написал(а):",
        "On Mon, 16 Mar 2026 at 12:00, Polis <polis@example.org> wrote:",
        "Пн, 16 мар. 2026: Сервис полисов пишет:",
        "-----Original Message-----",
        "----- Исходное сообщение -----",
        "From: polis@example.org",
        "От: Сервис полисов",
        "________________________________",
        "-- ",
        "Sent from my iPhone",
        "Отправлено с iPhone",
    ],
)
def test_what_is_quoted_is_not_new(head):
    assert without_history(f"Новое\r\n\r\n\r\n\r\nи ещё\r\n> старое\r\n{head}\r\nстарое") == "Новое\n\nи ещё"


LONG = "answers+01KKTXZ8M0J77M3GB40726KZTJ-7f3a9c@answers.example.org"


@pytest.mark.parametrize(
    "head",
    [
        f"On Mon, Mar 16, 2026 at 12:00 PM Polis <\n{LONG}> wrote:",
        f"On Mon, Mar 16, 2026 at 12:00 PM Polis <{LONG}>\nwrote:",
        f"пн, 16 мар. 2026 г. в 12:00, Полис <{LONG}>:",
        f"пн, 16 мар. 2026 г. в 12:00, Полис <\n{LONG}>:",
        f'16.03.2026, 12:00, "Полис ОМС" <{LONG}>:',
        f"Понедельник, 16 марта 2026, 12:00 +03:00 от Полис <{LONG}>:",
    ],
)
def test_heads_of_quotes_as_mail_programs_write_and_fold_them(head):
    quoted = "\n".join(f"> {line}" for line in ("Здравствуйте!", "", "Ответ на обращение"))
    assert without_history(f"Спасибо, понятно\n\n{head}\n{quoted}\n") == "Спасибо, понятно"


@pytest.mark.parametrize(
    "text",
    [
        "Мне клиника пишет:\nполис недействителен",
        "Оператор так и написал:\nждите",
        "Я писал вам в 12:00 и с адреса a@b.ru:\nответа нет",
        "Звоните после 18:30 или пишите на anna@example.org:\nя отвечу",
    ],
)
def test_words_of_ones_own_that_only_look_like_a_head_are_kept(text):
    assert without_history(text) == text


def test_html_alone_is_read_as_people_see_it():
    quoted = "</blockquote><blockquote><p>старое</p></blockquote>"
    html = f"<style>x</style><p>Первая&nbsp;строка<br>вторая</p><script>1</script>{quoted}"
    assert visible_text(html).split() == ["Первая", "строка", "вторая"]
    made = letter("x@y", sender="a@b.org")
    made.set_content("<p>Здравствуйте</p>", subtype="html")
    assert read(made).text == "Здравствуйте"


def test_texts_and_files_have_limits():
    made = letter("x@y", sender="a@b.org", text="я" * 50 + "\x00\u202e")
    for size in (0, 101, *[100] * (MAX_FILES + 1)):
        made.add_attachment(b"x" * size, maintype="image", subtype="png")
    found = read(made, max_text=20)
    assert (len(found.text), found.text.endswith(CUT), len(found.files)) == (20, True, MAX_FILES)
    assert len(read(b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 80 + b"--b--").files) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"List_Id": "<x>"},
        {"Return_Path": "<>"},
        {"X_Polis_Notification": "1"},
    ],
)
def test_programs_are_told_from_people(headers):
    assert read(letter("x@y", sender="a@b.org", **headers)).is_automatic
    assert not read(letter("x@y", sender="a@b.org", Auto_Submitted="no")).is_automatic
    assert read(letter("x@y", sender="no-reply@b.org")).is_automatic


def test_two_senders_are_none():
    assert read(letter("x@y", sender="a@b.org, c@d.org")).sender == ""
    assert read(b"Subject: nothing\n\n").text == ""


@given(st.binary(max_size=600))
def test_no_bytes_break_the_reading(data):
    for head in (b"", b"From: a@b\nContent-Type: text/plain; charset=", b"Content-Type: multipart/mixed; boundary="):
        read(head + data)


@given(st.text(alphabet="0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26))
def test_an_address_leads_to_its_ticket_alone(ticket_id):
    address = reply_address(ticket_id=ticket_id, secret=SECRET, domain=DOMAIN)
    assert ticket_of(addresses=["x@y", address], secret=SECRET, domain=DOMAIN) == ticket_id
    assert ticket_of(addresses=[address], secret=b"other", domain=DOMAIN) is None
    assert ticket_of(addresses=[address], secret=SECRET, domain="other.org") is None


def test_without_a_domain_there_is_no_address():
    assert reply_address(ticket_id=TICKET, secret=SECRET, domain="") == ""


def mail(headers="", *, body="Здравствуйте"):
    """A letter as it comes over the wire, with some headers more."""
    head = "From: a@b.org\nTo: x@y\nMessage-ID: <1@b.org>\nContent-Type: text/plain; charset=utf-8\n"
    return read(f"{head}{headers}\n{body}".encode())


class TestHeaders:
    def test_a_letter_of_a_person_is_nothing_special(self):
        found = mail()
        assert (found.message_id, found.sender, found.recipients) == ("<1@b.org>", "a@b.org", ("x@y",))
        assert (found.text, found.is_automatic, found.is_suspect, found.files) == ("Здравствуйте", False, False, ())

    @pytest.mark.parametrize(
        ("headers", "is_automatic"),
        [
            ("Auto-Submitted: no", False),
            ("Auto-Submitted: NO", False),
            ("Auto-Submitted: auto-replied", True),
            ("Precedence: Bulk", True),
            ("Precedence: junk", True),
            ("Precedence: list", True),
            ("Precedence: auto_reply", True),
            ("Precedence: first-class", False),
            ("X-Autoreply: yes", True),
            ("X-Autorespond:", True),
            ("List-Id: <l.b.org>", True),
            ("X-Polis-Notification: 1", True),
            ("Return-Path: <>", True),
            ("Return-Path: <a@b.org>", False),
        ],
    )
    def test_what_programs_write_says_so(self, headers, is_automatic):
        assert mail(f"{headers}\n").is_automatic is is_automatic

    def test_a_report_of_a_server_is_automatic(self):
        report = "From: a@b.org\nContent-Type: multipart/report; boundary=b\n\n--b\n\nx\n--b--"
        assert read(report.encode()).is_automatic

    @pytest.mark.parametrize("name", ["mailer-daemon", "Postmaster", "noreply", "no-reply", "bounce", "bounces"])
    def test_robots_are_known_by_their_names(self, name):
        assert read(f"From: {name}@b.org\n\nx".encode()).is_automatic
        assert not read(f"From: {name}x@b.org\n\nx".encode()).is_automatic

    @pytest.mark.parametrize(
        ("headers", "is_suspect"),
        [
            ("X-SES-Virus-Verdict: FAIL", True),
            ("X-SES-Spam-Verdict: fail", True),
            ("X-SES-Virus-Verdict: PASS\nX-SES-Spam-Verdict: GRAY", False),
            ("Authentication-Results: amazonses.com; spf=pass; dmarc=FAIL", True),
            ("Authentication-Results: amazonses.com; dmarc=pass\nAuthentication-Results: other; dmarc=fail", False),
            ("Authentication-Results: amazonses.com; dmarc=fail\nAuthentication-Results: other; dmarc=pass", True),
        ],
    )
    def test_the_receiving_server_is_believed_and_nobody_else(self, headers, is_suspect):
        assert mail(f"{headers}\n").is_suspect is is_suspect

    def test_a_letter_is_found_by_every_address_that_it_came_to_once(self):
        headers = "From: a@b.org\nTo: One <X@y>, x@y\nTo: z@y\nCc: c@y, nobody\nDelivered-To: d@y\n\n1"
        assert read(headers.encode()).recipients == ("x@y", "z@y", "c@y", "d@y")


class TestBodies:
    def test_the_plain_text_is_read_before_html_and_no_attachment_is(self):
        made = letter("x@y", sender="a@b.org", text="письмо")
        made.add_alternative("<p>иначе</p>", subtype="html")
        made.add_attachment("приложение", filename="a.txt")
        found = read(made, max_file=1000)
        assert found.text == "письмо"
        assert [file.media_type for file in found.files] == ["text/plain"]

    @pytest.mark.parametrize(("size", "kept"), [(1, 1), (100, 1), (101, 0), (0, 0)])
    def test_a_file_is_taken_up_to_its_limit(self, size, kept):
        made = letter("x@y", sender="a@b.org", text="т")
        made.add_attachment(b"x" * size, maintype="image", subtype="png")
        assert len(read(made, max_file=100).files) == kept

    @pytest.mark.parametrize(("length", "ends"), [(19, "я"), (20, "я"), (21, CUT)])
    def test_a_text_is_cut_only_where_it_is_too_long(self, length, ends):
        found = read(letter("x@y", sender="a@b.org", text="я" * length), max_text=20).text
        assert found.endswith(ends)
        assert len(found) == min(length, 20)

    def test_signs_that_nobody_sees_are_left_out_and_lines_stay(self):
        assert mail(body="а\tб\u202e\u200b\nв").text == "а\tб\nв"
        assert without_history("а\rб\r\nв") == "а\nб\nв"

    @pytest.mark.parametrize("tag", ["p", "div", "tr", "li", "h1", "h2", "h3"])
    def test_blocks_of_html_are_lines(self, tag):
        assert visible_text(f"а<{tag}>б</{tag}>") == "а\nб"
        assert visible_text(f"а<blockquote>х<{tag}>х</{tag}></blockquote>б") == "аб"

    @pytest.mark.parametrize("tag", ["script", "style", "head", "title", "blockquote"])
    def test_what_is_not_shown_is_not_read_however_deep(self, tag):
        assert visible_text(f"а<{tag}>х</{tag}>б") == "аб"
        if tag in {"head", "blockquote"}:
            assert visible_text(f"а<{tag}>х<{tag}>х</{tag}>х</{tag}>б") == "аб"
        assert visible_text(f"</{tag}>а</b>б") == "аб"

    def test_a_text_that_ends_in_the_middle_of_a_word_is_whole(self):
        assert visible_text("один &amp; два &am") == "один & два &am"

    def test_no_more_than_fifty_parts_are_read(self):
        part = "--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\neA==\n"
        for empty, kept in ((49, 1), (50, 0)):
            body = "--b\nContent-Type: image/png\n\n\n" * empty + part
            head = "From: a@b.org\nContent-Type: multipart/mixed; boundary=b\n\n"
            assert len(read(f"{head}{body}--b--".encode()).files) == kept
