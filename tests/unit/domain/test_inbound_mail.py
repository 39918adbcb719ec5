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
