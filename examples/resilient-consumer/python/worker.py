"""A plain worker on the same queue as the Lambda function, without the kit: it keeps the contract of docs/attributes.md.

It polls as a container would (`python worker.py`; SIGTERM ends it after the message in hand) and needs boto3 alone.
`contract.py` is what the contract asks for, `once.py` the once-only record, `shop.py` the work itself.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import random
import signal
import time
from typing import Mapping

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from contract import Message, backoff_seconds, dead_letter, heal_key, level_in
from once import Once
from shop import Shop, is_permanent

# A failure that lasts longer than so many receives is the healer's, which waits better than a queue does.
PATIENCE = 4
LEVEL_SECONDS = 2  # 15 in earnest

log = logging.getLogger("worker")


class Worker:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self.env = environment
        self.sqs = boto3.client("sqs")
        self.dynamodb = boto3.client("dynamodb")
        self.once = Once(environment["ONCE_TABLE"])
        self.shop = Shop(environment)
        self.queue_url = environment["QUEUE_URL"]
        self.max_receives = self.read_max_receives()
        self.level, self.level_until = 0, 0.0
        self.stopping = False

    def read_max_receives(self) -> int:
        answer = self.sqs.get_queue_attributes(QueueUrl=self.queue_url, AttributeNames=["RedrivePolicy"])
        return int(json.loads(answer["Attributes"]["RedrivePolicy"])["maxReceiveCount"])

    def run(self) -> None:
        log.info("ready")
        while not self.stopping:
            answer = self.sqs.receive_message(
                QueueUrl=self.queue_url,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=1,  # 20 in earnest
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["All"],
            )
            for message in answer.get("Messages", []):
                if self.stopping:
                    self.come_back(message, 0)
                else:
                    self.settle(message)

    def settle(self, message: Message) -> None:
        """One message, whatever happens to it. Trouble with AWS is no failure of the message: it comes back unjudged."""
        try:
            key = heal_key(message)
            held_until = self.once.claim(key)
            if held_until is None:
                error = self.attempt(message, key)
                if error is not None:
                    return self.fail(message, error)
            elif held_until > 0:
                return self.come_back(message, max(1, round(held_until - time.time()) + 1))
            else:
                log.info("%s was processed before: %s", message["MessageId"], key)
            self.delete(message)
        except (BotoCoreError, ClientError) as trouble:
            log.warning("%s comes back after its visibility timeout: %s", message["MessageId"], type(trouble).__name__)

    def attempt(self, message: Message, key: str) -> Exception | None:
        try:
            order = json.loads(message["Body"])
            self.shop.work(order, key, self.read_level(), int(message["Attributes"]["ApproximateReceiveCount"]))
        except Exception as error:  # noqa: BLE001
            self.once.release(key)
            return error
        self.once.complete(key)
        return None

    def fail(self, message: Message, error: Exception) -> None:
        receives = int(message["Attributes"]["ApproximateReceiveCount"])
        if is_permanent(error) or receives >= min(PATIENCE, self.max_receives):
            if self.give_up(message, error):
                return
            # SQS moves it after its last receive, the sooner the better; it says nothing of why.
            self.come_back(message, 0)
        else:
            log.info("%s failed: %s", message["MessageId"], type(error).__name__)
            self.come_back(message, backoff_seconds(receives, random.random()))

    def give_up(self, message: Message, error: Exception) -> bool:
        """To the DLQ, and only then off the queue. Dying in between makes a second letter, which the healer knows."""
        letter = dead_letter(message, error)
        if letter is None:
            log.warning("%s has no room for evidence: left to SQS", message["MessageId"])
            return False
        answer = self.sqs.send_message(QueueUrl=self.env["DLQ_URL"], **letter)
        if answer["MD5OfMessageBody"] != hashlib.md5(message["Body"].encode()).hexdigest():
            return False
        log.info("%s sent to the DLQ: %s", message["MessageId"], type(error).__name__)
        self.delete(message)
        return True

    def delete(self, message: Message) -> None:
        self.sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])

    def come_back(self, message: Message, seconds: int) -> None:
        self.sqs.change_message_visibility(
            QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
        )

    def read_level(self) -> int:
        """At most every few seconds. What cannot be read fails no message: the last one known holds."""
        if time.monotonic() >= self.level_until:
            self.level_until = time.monotonic() + LEVEL_SECONDS
            try:
                row = {"pk": {"S": "control"}, "sk": {"S": f"queue#{self.env['QUEUE_KEY']}"}}
                self.level = level_in(self.dynamodb.get_item(TableName=self.env["LEDGER_TABLE"], Key=row).get("Item"))
            except (BotoCoreError, ClientError) as trouble:
                log.warning("level %d holds, for it cannot be read: %s", self.level, type(trouble).__name__)
        return self.level


def main() -> None:
    # No bodies: they may be personal, and a log is read by many.
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("botocore").setLevel(logging.WARNING)
    worker = Worker(os.environ)

    def stop(*_: object) -> None:
        worker.stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    worker.run()


if __name__ == "__main__":
    main()
