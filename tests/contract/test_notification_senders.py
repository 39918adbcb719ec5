import http.server
import threading

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sesv2 import sesv2_backends
from moto.sns import sns_backends

from chalicelib.adapters.notifications.failures import client_config
from chalicelib.adapters.notifications.ses import SesEmailSender
from chalicelib.adapters.notifications.sns import SnsSmsSender
from chalicelib.ports.errors import Rejected, Throttled, Unavailable
from chalicelib.ports.notifications import OutcomeUnknown, Taken
from tests.fakes.notifications import FakeEmailSender, FakeSmsSender

REGION = "eu-central-1"
PHONE = "+79123456789"
EMAIL = "person@example.org"
SENDER = "polis@example.org"


def client(service, **options):
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client(service, region_name=REGION, config=client_config(), **keys, **options)


@pytest.fixture(params=["fake", "sns"])
def sms(request):
    if request.param == "fake":
        fake = FakeSmsSender()
        yield fake, lambda: [(sent.to, sent.text) for sent in fake.sent]
        return
    with mock_aws():
        backend = sns_backends[DEFAULT_ACCOUNT_ID][REGION]
        sender = SnsSmsSender(client=client("sns"), sender_id="POLIS")
        yield sender, lambda: [message[:2] for message in backend.sms_messages.values()]


@pytest.fixture(params=["fake", "ses"])
def email(request):
    if request.param == "fake":
        fake = FakeEmailSender()
        yield fake, lambda: [(sent.to, sent.subject, sent.html) for sent in fake.sent]
        return
    with mock_aws():
        ses = client("sesv2")
        ses.create_email_identity(EmailIdentity=SENDER)
        sent = sesv2_backends[DEFAULT_ACCOUNT_ID][REGION].core_backend.sent_messages
        yield (
            SesEmailSender(client=ses, sender=SENDER),
            lambda: [(m.destinations["ToAddresses"][0], m.subject, m.body) for m in sent],
        )


def test_delivers_an_sms_as_given(sms):
    sender, sent = sms
    sender.send(to=PHONE, text="Полис ОМС: заявление принято.", reference="01A")
    assert sent() == [(PHONE, "Полис ОМС: заявление принято.")]


def test_delivers_a_letter_as_given(email):
    sender, sent = email
    sender.send(to=EMAIL, subject="Тема", text="Текст", html="<p>Текст</p>", reference="01A")
    assert sent() == [(EMAIL, "Тема", "<p>Текст</p>")]


def test_fakes_fail_as_told_and_keep_nothing_of_what_failed():
    sender = FakeSmsSender(failures=[Throttled("")])
    with pytest.raises(Throttled):
        sender.send(to=PHONE, text="a", reference="1")
    sender.send(to=PHONE, text="b", reference="2")
    assert [sent.text for sent in sender.sent] == ["b"]


def test_an_sms_is_transactional_and_carries_the_id_of_its_notification():
    sns = client("sns")
    with Stubber(sns) as stub:
        attributes = {
            "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
            "polis.notification": {"DataType": "String", "StringValue": "01A"},
        }
        expected = {"PhoneNumber": PHONE, "Message": "a", "MessageAttributes": attributes}
        stub.add_response("publish", {"MessageId": "1"}, expected)
        taken = SnsSmsSender(client=sns).send(to=PHONE, text="a", reference="01A")
        assert taken == Taken(provider="sns", provider_id="1")
        stub.assert_no_pending_responses()


def test_a_letter_carries_the_id_of_its_notification_and_no_unsubscription():
    ses = client("sesv2")
    with Stubber(ses) as stub:
        part = {"Data": ANY, "Charset": "UTF-8"}
        simple = {
            "Subject": part,
            "Body": {"Text": part, "Html": part},
            "Headers": [{"Name": "X-Polis-Notification", "Value": "01A-email-1"}],
        }
        expected = {
            "FromEmailAddress": SENDER,
            "Destination": {"ToAddresses": [EMAIL]},
            "Content": {"Simple": simple},
            "EmailTags": [{"Name": "notification", "Value": "01A-email-1"}],
        }
        stub.add_response("send_email", {"MessageId": "1"}, expected)
        sender = SesEmailSender(client=ses, sender=SENDER)
        taken = sender.send(to=EMAIL, subject="s", text="t", html="h", reference="01A-email-1")
        assert taken == Taken(provider="ses", provider_id="1")
        stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("Throttled", Throttled),
        ("ThrottlingException", Throttled),
        ("TooManyRequestsException", Throttled),
        ("InvalidParameter", Rejected),
        ("OptedOut", Rejected),
        ("MessageRejected", Rejected),
        ("InternalError", Unavailable),
        ("AccessDeniedException", Unavailable),
        ("SendingPausedException", Unavailable),
    ],
)
def test_sorts_refusals_of_the_provider(code, error):
    sns, ses = client("sns"), client("sesv2")
    with Stubber(sns) as sms_stub, Stubber(ses) as email_stub:
        sms_stub.add_client_error("publish", code, f"bad {PHONE}")
        email_stub.add_client_error("send_email", code, f"bad {EMAIL}")
        with pytest.raises(error) as by_sms:
            SnsSmsSender(client=sns).send(to=PHONE, text="a", reference="1")
        with pytest.raises(error) as by_email:
            SesEmailSender(client=ses, sender=SENDER).send(to=EMAIL, subject="s", text="t", html="h", reference="1")
    for raised in (by_sms.value, by_email.value):
        assert type(raised) is error
        assert PHONE not in str(raised)
        assert EMAIL not in str(raised)
        assert isinstance(raised.__cause__, ClientError)


def test_refuses_for_good_what_the_provider_cannot_take():
    with pytest.raises(Rejected):
        SnsSmsSender(client=client("sns")).send(to=None, text="a", reference="1")


def test_tells_a_lost_answer_from_a_refused_connection_and_asks_only_once():
    asked = []

    class HangUp(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.close_connection = True

    server = http.server.HTTPServer(("127.0.0.1", 0), HangUp)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    sender = SnsSmsSender(client=client("sns", endpoint_url=url))
    with pytest.raises(OutcomeUnknown):
        sender.send(to=PHONE, text="a", reference="1")
    server.shutdown()
    thread.join()
    server.server_close()
    assert asked == ["/"]
    with pytest.raises(Unavailable) as refused:
        sender.send(to=PHONE, text="a", reference="1")
    assert type(refused.value) is Unavailable
