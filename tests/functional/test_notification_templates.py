import datetime as dt
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import UndefinedError, meta

from chalicelib.adapters import templates
from chalicelib.domain.notifications import RULES, Channel, NotificationKind

ROOT = Path(__file__).parents[2]
NOTIFICATIONS = ROOT / "templates" / "notifications"
LINK = "https://polis.example.ru/applications/01JD0000000000000000000000?a=1&b=2"
# The longest value of every field that is no date; 30 September has the longest spelling.
VALUES = {
    "number": "36-2026-00000001-7",
    "appeal_number": "Ж-2026-00000001-7",
    "ticket_number": "Т-2026-00000001-7",
    "link": LINK,
    "code": "12345678",
    "valid_minutes": 15,
    "tracking_number": "10100010000018",
    "days_left": 365,
    "version": "2026-11-22",
}
LONGEST_SMS = 134
PAIRS = [(kind, channel) for kind, rules in RULES.items() for channel in sorted(rules.channels)]


def context_of(kind):
    day = dt.date(2026, 9, 30)
    return {name: VALUES.get(name, day) for name in RULES[kind].fields}


def rendered(kind, channel):
    return templates.render(kind=kind, channel=channel, context=context_of(kind))


def parts_of(kind):
    channels = RULES[kind].channels
    return {
        *(["sms.txt"] if Channel.SMS in channels else []),
        *(["body.html"] if Channel.EMAIL in channels else []),
        *(["subject.txt", "body.txt"] if channels - {Channel.SMS} else []),
    }


@pytest.mark.parametrize(("kind", "channel"), PAIRS)
def test_renders_with_its_declared_context(kind, channel):
    message = rendered(kind, channel)
    assert message.text
    for text in (message.subject, message.text, message.html):
        assert "{{" not in text
        assert "{%" not in text
    assert bool(message.subject) is (channel is not Channel.SMS)
    assert "\n" not in message.subject
    assert len(message.subject) <= 78
    assert bool(message.html) is (channel is Channel.EMAIL)


@pytest.mark.parametrize("kind", list(NotificationKind))
def test_has_exactly_the_parts_of_its_channels(kind):
    assert {path.name for path in (NOTIFICATIONS / kind).iterdir()} == parts_of(kind)


def test_no_template_is_unused():
    folders = {path.name for path in NOTIFICATIONS.iterdir() if path.is_dir()}
    assert folders == {str(kind) for kind in NotificationKind}
    assert {path.name for path in NOTIFICATIONS.glob("*.*")} == {"layout.html", "action.html"}


@pytest.mark.parametrize("kind", list(NotificationKind))
def test_uses_every_declared_field_and_no_other(kind):
    environment = templates.environment()
    used = {"sms.txt": set(), "body.txt": set(), "body.html": set(), "subject.txt": set()}
    for part in parts_of(kind):
        source = (NOTIFICATIONS / kind / part).read_text()
        used[part] = meta.find_undeclared_variables(environment.parse(source))
    assert used["sms.txt"] == RULES[kind].sms_fields
    assert used["sms.txt"] | used["body.txt"] | used["subject.txt"] == RULES[kind].fields
    # «action» is the macro that the letter imports.
    if Channel.EMAIL in RULES[kind].channels:
        assert (used["body.html"] - {"action"}) | used["subject.txt"] == used["body.txt"] | used["subject.txt"]


@pytest.mark.parametrize("kind", [kind for kind, channel in PAIRS if channel is Channel.SMS])
def test_an_sms_fits_into_two_segments_of_ucs2_with_the_longest_context(kind):
    text = rendered(kind, Channel.SMS).text
    assert len(text.encode("utf-16-be")) // 2 <= LONGEST_SMS, len(text)
    assert "\n" not in text
    assert "http" not in text


@pytest.mark.parametrize("kind", [kind for kind, channel in PAIRS if channel is Channel.EMAIL])
def test_a_letter_leads_to_the_cabinet_in_both_parts(kind):
    message = rendered(kind, Channel.EMAIL)
    if "link" in RULES[kind].fields:
        assert LINK in message.text
        assert LINK.replace("&", "&amp;") in message.html
        assert LINK not in message.html


@pytest.mark.parametrize("kind", [kind for kind, channel in PAIRS if channel is Channel.EMAIL])
def test_both_parts_of_a_letter_say_the_same(kind):
    message = rendered(kind, Channel.EMAIL)
    plain = " ".join(visible(message.html).split())
    for paragraph in message.text.split("\n\n")[1:4]:
        assert " ".join(paragraph.split()) in plain


@pytest.mark.parametrize("kind", [kind for kind, channel in PAIRS if channel is Channel.EMAIL])
def test_a_letter_is_accessible_and_takes_nothing_from_outside(kind):
    html = rendered(kind, Channel.EMAIL).html
    assert html.startswith("<!DOCTYPE html>")
    assert '<html lang="ru">' in html
    assert html.count("<h1") == 1
    assert html.count("<table") == html.count('role="presentation"')
    assert 'name="color-scheme" content="light dark"' in html
    assert re.search(r"<title>[^<]+</title>", html)
    assert not re.search(r"<(img|script|link|iframe)\b|url\(|@import", html)


def visible(html):
    class Reader(HTMLParser):
        hidden = 0
        words: list

        def handle_starttag(self, tag, attrs):
            self.hidden += tag in {"style", "title"}

        def handle_endtag(self, tag):
            self.hidden -= tag in {"style", "title"}

        def handle_data(self, data):
            if not self.hidden:
                self.words.append(data)

    reader = Reader()
    reader.words = []
    reader.feed(html)
    return " ".join(reader.words)


def test_refuses_a_missing_a_needless_and_a_personal_field():
    kind = NotificationKind.POLICY_ISSUED
    context = context_of(kind)
    for wrong in (context | {"family_name": "Иванов"}, {"number": "1"}):
        with pytest.raises(ValueError, match="declared fields") as refusal:
            templates.render(kind=kind, channel=Channel.EMAIL, context=wrong)
        assert "Иванов" not in str(refusal.value)


def test_refuses_a_channel_that_the_kind_has_not():
    kind = NotificationKind.ONE_TIME_CODE
    with pytest.raises(ValueError, match="does not go by email"):
        templates.render(kind=kind, channel=Channel.EMAIL, context=context_of(kind))


def test_an_undefined_name_is_an_error():
    with pytest.raises(UndefinedError):
        templates.environment().from_string("{{ nobody }}").render()


def test_escapes_html_but_not_text():
    kind = NotificationKind.POLICY_ISSUED
    context = context_of(kind) | {"number": "<b>1</b>"}
    message = templates.render(kind=kind, channel=Channel.EMAIL, context=context)
    assert "<b>1</b>" not in message.html
    assert "<b>1</b>" in message.text


def test_writes_dates_from_dates_and_from_json():
    assert templates.long_date("2026-05-05") == "5 мая 2026 года"
    assert templates.short_date(dt.date(2026, 5, 5)) == "05.05.2026"


def rendered_from(folder, *paths):
    code = (
        "from chalicelib.adapters import templates\n"
        "from chalicelib.domain.notifications import Channel, NotificationKind\n"
        "kind = NotificationKind.ONE_TIME_CODE\n"
        "context = {'code': '123456', 'valid_minutes': 5}\n"
        "print(templates.template_root())\n"
        "print(templates.render(kind=kind, channel=Channel.SMS, context=context).text)\n"
    )
    environment = {"PYTHONPATH": ":".join(map(str, paths)), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    return done.stdout.splitlines()


def test_is_found_where_the_package_puts_the_contents_of_vendor(tmp_path):
    shutil.copytree(ROOT / "chalicelib", tmp_path / "task" / "chalicelib")
    # Chalice copies what vendor holds to the root of the zip, following links.
    shutil.copytree(ROOT / "vendor", tmp_path / "task", dirs_exist_ok=True)
    root, text = rendered_from(tmp_path, tmp_path / "task")
    assert root == str(tmp_path / "task" / "templates")
    assert "123456" in text


def test_is_found_in_a_layer(tmp_path):
    shutil.copytree(ROOT / "chalicelib", tmp_path / "task" / "chalicelib")
    shutil.copytree(ROOT / "templates", tmp_path / "layer" / "templates")
    root, text = rendered_from(tmp_path, tmp_path / "task", tmp_path / "layer")
    assert root == str(tmp_path / "layer" / "templates")
    assert "123456" in text
