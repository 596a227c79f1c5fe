"""What the worker is there for: takes the payment, recommends something where there is room for it, books."""

from __future__ import annotations

import json
import logging
from typing import Any, Mapping

import boto3
from botocore.config import Config

log = logging.getLogger("shop")


class ValidationError(Exception):
    """The order can never succeed as it is."""


class ServiceError(Exception):
    """A service said no."""

    def __init__(self, service: str, status: int, message: str) -> None:
        super().__init__(f"{service} answered {message}")
        self.status = status


def is_permanent(error: BaseException) -> bool:
    """Whether no retry helps."""
    if isinstance(error, ServiceError):
        return error.status not in (408, 425, 429) and error.status < 500
    return isinstance(error, (ValidationError, json.JSONDecodeError))


def validate(order: Any) -> None:
    if not isinstance(order, dict):
        raise ValidationError("an order must be an object")
    for field in ("order_id", "card"):
        if field not in order:
            raise ValidationError(f'required field "{field}" is missing')
    if not isinstance(order.get("amount_cents"), int) or order["amount_cents"] <= 0:
        raise ValidationError('field "amount_cents" must be a whole number greater than 0')


class Shop:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self.env = environment
        self.dynamodb = boto3.client("dynamodb")
        # One try per receive: the queue retries, with a back-off.
        self.functions = boto3.client("lambda", config=Config(read_timeout=5, retries={"total_max_attempts": 1}))

    def work(self, order: Any, key: str, level: int, receives: int) -> None:
        validate(order)
        order["customer"]["street"]  # the same bug as in the other consumer: there are orders without a customer
        # The same for all receives and heals of an order: asked twice, paid once.
        request = {"order": order, "idempotencyKey": key.rpartition(".")[0]}
        self.ask("payments", self.env["PAYMENTS_FUNCTION"], request)
        recommendations = "left out"
        if level < 1:
            try:
                self.ask("recommendations", self.env["RECOMMENDATIONS_FUNCTION"], request)
                recommendations = "given"
            except Exception as error:  # noqa: BLE001
                log.warning("no recommendations: %s", type(error).__name__)
                recommendations = "failed"
        self.book(order["order_id"], level, recommendations, receives)

    def ask(self, service: str, function: str, request: Mapping[str, Any]) -> str:
        answer = self.functions.invoke(FunctionName=function, Payload=json.dumps(request))
        if "FunctionError" in answer:
            raise ServiceError(service, 502, "502 Bad Gateway: the service crashed")
        said = json.load(answer["Payload"])
        if said["status"] >= 400:
            raise ServiceError(service, said["status"], said["message"])
        return said["receipt"]

    def book(self, order_id: str, level: int, recommendations: str, receives: int) -> None:
        """Counts on purpose, with no condition: an order that is processed twice shows."""
        self.dynamodb.update_item(
            TableName=self.env["ORDERS_TABLE"],
            Key={"orderId": {"S": order_id}},
            UpdateExpression=(
                "ADD #processed :one SET #by = :me, #level = :level, recommendations = :given, receives = :receives"
            ),
            ExpressionAttributeNames={"#processed": "processed", "#by": "by", "#level": "level"},
            ExpressionAttributeValues={
                ":one": {"N": "1"},
                ":me": {"S": "worker"},
                ":level": {"N": str(level)},
                ":given": {"S": recommendations},
                ":receives": {"N": str(receives)},
            },
        )
