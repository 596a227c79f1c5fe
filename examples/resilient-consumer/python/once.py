"""Each heal key once: a conditional put into a table of the worker's own."""

from __future__ import annotations

import logging
import time
import uuid

import boto3
from botocore.exceptions import BotoCoreError, ClientError

LEASE_SECONDS = 60  # longer than any message takes
REMEMBER_SECONDS = 15 * 86_400  # longer than any DLQ keeps a message

log = logging.getLogger("once")


class Once:
    """Rows are `heldUntil`: epoch seconds while somebody works on the key, 0 when it is done."""

    def __init__(self, table: str) -> None:
        self.table = table
        self.owner = str(uuid.uuid4())
        self.dynamodb = boto3.client("dynamodb")

    def claim(self, key: str) -> float | None:
        """None: ours. 0: done before. Else until when another holds it, in epoch seconds."""
        now = time.time()
        try:
            self.dynamodb.put_item(
                TableName=self.table,
                Item={
                    "healKey": {"S": key},
                    "owner": {"S": self.owner},
                    "heldUntil": {"N": str(now + LEASE_SECONDS)},
                    "expiresAt": {"N": str(int(now) + REMEMBER_SECONDS)},
                },
                # One whose worker died is free again after the lease.
                ConditionExpression="attribute_not_exists(healKey) OR (heldUntil > :done AND heldUntil < :now)",
                ExpressionAttributeValues={":done": {"N": "0"}, ":now": {"N": str(now)}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException as refused:
            return float(refused.response["Item"]["heldUntil"]["N"])
        return None

    def complete(self, key: str) -> None:
        """Never raises: the work is done, and bringing the message back would do it twice."""
        try:
            self.dynamodb.update_item(
                TableName=self.table,
                Key={"healKey": {"S": key}},
                UpdateExpression="SET heldUntil = :done",
                ConditionExpression="#owner = :me",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={":done": {"N": "0"}, ":me": {"S": self.owner}},
            )
        except (BotoCoreError, ClientError) as trouble:
            log.warning("%s is done, and could not be noted: %s", key, type(trouble).__name__)

    def release(self, key: str) -> None:
        """Free for the next receive, unless the lease ran out and it is another's by now."""
        try:
            self.dynamodb.delete_item(
                TableName=self.table,
                Key={"healKey": {"S": key}},
                ConditionExpression="#owner = :me",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={":me": {"S": self.owner}},
            )
        except (BotoCoreError, ClientError) as trouble:
            log.warning("%s stays taken until its lease ends: %s", key, type(trouble).__name__)
