"""What the local cloud has acknowledged is there after kill -9, whole, and what it deleted is not."""

from __future__ import annotations

import random
import threading
import time
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from infra.local.stack import deploy
from tests.concurrency.conftest import SECRET

ROUNDS = 3
SECONDS_OF_LOAD = (1.0, 2.0)
WRITERS = 4


class Load:
    """Writers that note what was acknowledged, until the cloud dies."""

    def __init__(self, cloud, table, bucket, queue):
        self.cloud, self.table, self.bucket, self.queue = cloud, table, bucket, queue
        self.clients = {name: cloud.client(name) for name in ("dynamodb", "s3", "sqs", "sns")}
        self.transactions, self.objects = set(), set()
        self.sent, self.deletion_asked, self.deleted, self.texts = set(), set(), set(), set()

    def run(self, round_number, seconds):
        jobs = [(self.write_transactions, number) for number in range(WRITERS)]
        jobs += [
            (self.put_objects, 0),
            (self.send_messages, 0),
            (self.take_messages, 0),
            (self.send_texts, 0),
        ]
        threads = [threading.Thread(target=self.repeat, args=(job, f"{round_number}-{n}")) for job, n in jobs]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        self.cloud.kill()
        for thread in threads:
            thread.join()

    def repeat(self, job, prefix):
        try:
            for number in range(100_000):
                job(self.clients, f"{prefix}-{number}")
        except (BotoCoreError, ClientError, OSError):
            assert self.cloud.is_killed, "the cloud refused a write while it was alive"

    def write_transactions(self, clients, key):
        owner = "counter-" + key.split("-")[1]
        count = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
        clients["dynamodb"].transact_write_items(
            TransactItems=[
                {"Put": {"TableName": self.table, "Item": {"PK": {"S": key}, "SK": {"S": "left"}}}},
                {"Put": {"TableName": self.table, "Item": {"PK": {"S": key}, "SK": {"S": "right"}}}},
                {"Update": {"TableName": self.table, "Key": {"PK": {"S": owner}, "SK": {"S": "n"}}, **count}},
            ]
        )
        self.transactions.add(key)

    def put_objects(self, clients, key):
        clients["s3"].put_object(Bucket=self.bucket, Key=f"scans/{key}", Body=key.encode() * 500)
        self.objects.add(key)

    def send_messages(self, clients, key):
        clients["sqs"].send_message(QueueUrl=self.queue, MessageBody=key)
        self.sent.add(key)

    def take_messages(self, clients, _key):
        answer = clients["sqs"].receive_message(QueueUrl=self.queue, WaitTimeSeconds=0)
        for message in answer.get("Messages", []):
            self.deletion_asked.add(message["Body"])
            clients["sqs"].delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
            self.deleted.add(message["Body"])

    def send_texts(self, clients, key):
        clients["sns"].publish(PhoneNumber="+79990000000", Message=f"text {key}")
        self.texts.add(f"text {key}")


def messages_in(cloud, queue):
    """Return the strings of the listing of all queues: among them the bodies, in flight or not."""
    found = set()
    url = f"{cloud.url}/_ministack/sqs/messages"
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - loopback
        text = answer.read().decode()
    for part in text.split('"'):
        found.add(part)
    assert queue.rsplit("/", 1)[-1] in text
    return found


def scan(client, table):
    pages = client.get_paginator("scan").paginate(TableName=table)
    return {(item["PK"]["S"], item["SK"]["S"]): item for page in pages for item in page["Items"]}


def check(load, cloud):
    items = scan(cloud.client("dynamodb"), load.table)
    lost = [key for key in load.transactions if (key, "left") not in items]
    torn = [key for key, side in items if side == "left" and (key, "right") not in items]
    torn += [key for key, side in items if side == "right" and (key, "left") not in items]
    counted = sum(int(item["n"]["N"]) for (_, side), item in items.items() if side == "n")
    assert (lost, torn, counted) == ([], [], sum(1 for _, side in items if side == "left"))
    s3 = cloud.client("s3")
    for key in load.objects:
        assert s3.get_object(Bucket=load.bucket, Key=f"scans/{key}")["Body"].read() == key.encode() * 500
    present = messages_in(cloud, load.queue)
    assert load.sent - load.deletion_asked - present == set(), "sent messages are lost"
    assert load.deleted & present == set(), "deleted messages are back"
    with urllib.request.urlopen(f"{cloud.url}/_ministack/sns/sms-messages", timeout=60) as answer:  # noqa: S310 - loopback
        listed = answer.read().decode()
    assert [text for text in load.texts if f'"{text}"' not in listed] == []


def test_keeps_every_acknowledged_write_over_kills_under_load(cloud):
    stack = deploy(endpoint=cloud.url, parameters={})
    sqs = cloud.client("sqs")
    queue = sqs.create_queue(QueueName="load", Attributes={"VisibilityTimeout": "600"})["QueueUrl"]
    names = stack.environment
    load = Load(cloud, names["TABLE_NAME"], names["SCANS_BUCKET"], queue)
    chance = random.Random(20261122)
    for number in range(ROUNDS):
        load.run(number, chance.uniform(*SECONDS_OF_LOAD))
        cloud.start()
        check(load, cloud)
    assert len(load.transactions) > ROUNDS * WRITERS
    assert load.deleted
    announced = stack.resources["ScanUploadsQueue"].rsplit("/", 1)[-1]
    present = messages_in(cloud, announced)
    assert [key for key in load.objects if not any(f"scans/{key}\\" in part for part in present)] == []


def test_keeps_keys_secrets_and_the_stack_over_a_kill(cloud):
    before = deploy(endpoint=cloud.url, parameters={})
    key, secret = before.environment["SIGNING_KEY_ID"], before.environment["LOOKUP_SECRET_ID"]
    signing = {"KeyId": key, "Message": b"claims", "SigningAlgorithm": "ECDSA_SHA_256"}
    signature = cloud.client("kms").sign(**signing)["Signature"]
    value = cloud.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
    cloud.kill()
    cloud.start()
    assert cloud.client("kms").verify(**signing, Signature=signature)["SignatureValid"]
    assert cloud.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"] == value
    assert len(value) == 64
    assert deploy(endpoint=cloud.url, parameters={}) == before


@pytest.mark.parametrize("seconds", [0.2, 0.6])
def test_creates_the_stack_after_a_kill_during_its_creation(cloud, seconds):
    attempt = threading.Thread(target=attempt_to_deploy, args=(cloud,))
    attempt.start()
    time.sleep(seconds)
    cloud.kill()
    attempt.join()
    cloud.start()
    stack = deploy(endpoint=cloud.url, parameters={})
    table = cloud.client("dynamodb").describe_table(TableName=stack.environment["TABLE_NAME"])
    assert table["Table"]["TableStatus"] == "ACTIVE"


def attempt_to_deploy(cloud):
    try:
        deploy(endpoint=cloud.url, parameters={})
    except (BotoCoreError, ClientError, OSError):
        assert cloud.is_killed


def reset(cloud, headers):
    request = urllib.request.Request(f"{cloud.url}/_ministack/reset", method="POST", headers=headers)  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
        return answer.status


def test_refuses_administration_without_the_secret_and_from_web_pages(cloud):
    cloud.client("sqs").create_queue(QueueName="kept")
    secret = {"X-Polis-Administrator": SECRET}
    for headers in ({}, {"X-Polis-Administrator": "guess"}, {**secret, "Origin": "http://evil.example"}):
        with pytest.raises(urllib.error.HTTPError, match="403"):
            reset(cloud, headers)
    assert len(cloud.client("sqs").list_queues()["QueueUrls"]) == 1
    assert reset(cloud, secret) == 200
    cloud.kill()
    cloud.start()
    assert not cloud.client("sqs").list_queues().get("QueueUrls")
