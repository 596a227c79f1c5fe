"""The contract of docs/attributes.md, for a standard queue: heal key, evidence, dead letter, level, back-off. Pure."""

from __future__ import annotations

import json
import traceback
from typing import Any, Mapping

Message = Mapping[str, Any]
Attributes = dict[str, dict[str, Any]]

MAX_ATTRIBUTES = 10
MAX_BYTES = 1024 * 1024
# Room for the healer's mark: without it the healer must know the letter by its message id, which a send changes.
RESERVED_BYTES = 512
BACKOFF_SECONDS, MAX_BACKOFF_SECONDS = 1, 8  # short, for a demonstration; 5 and 900 in earnest


def lineage_of(message: Message) -> tuple[str, int]:
    """Origin and attempt: what the healer sent back names its first life, anything else is its own origin."""
    text = message.get("MessageAttributes", {}).get("dlq-healer", {}).get("StringValue", "")
    try:
        mark = json.loads(text)
        origin, attempt = mark["origin"], mark["attempt"]
        if mark["v"] == 1 and isinstance(origin, str) and origin and isinstance(attempt, int) and attempt >= 0:
            return origin, attempt
    except (ValueError, KeyError, TypeError):
        pass  # anybody can write an attribute
    return message["MessageId"], 0


def heal_key(message: Message) -> str:
    """Names one delivery of one message for good."""
    origin, attempt = lineage_of(message)
    return f"{origin}.{attempt}"


def evidence_of(error: BaseException) -> dict[str, tuple[str, str]]:
    """Name -> type and value, what says most first: where room is scarce the last are left out."""
    status = getattr(error, "status", None)
    code = getattr(error, "response", {}).get("Error", {}).get("Code", "")  # of botocore's ClientError
    frames = "".join(traceback.format_tb(error.__traceback__))[-1_000:]
    found = {
        "ErrorType": ("String", type(error).__name__),
        "HttpStatus": ("Number", "" if status is None else str(status)),
        "ErrorCode": ("String", code),
        "ErrorMessage": ("String", sendable(str(error))[:1_000]),
        "StackTrace": ("String", sendable(frames)),
    }
    return {name: (kind, value) for name, (kind, value) in found.items() if value}  # SQS refuses empty values


def sendable(text: str) -> str:
    """Without the characters that SQS refuses in a value."""
    return "".join(c for c in text if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff")


def dead_letter(message: Message, error: BaseException) -> dict[str, Any] | None:
    """What SendMessage to the DLQ takes: the message as it came, and the evidence. None where there is no room for any."""
    attributes: Attributes = {
        name: {key: one[key] for key in ("DataType", "StringValue", "BinaryValue") if key in one}
        for name, one in message.get("MessageAttributes", {}).items()
    }
    room = MAX_ATTRIBUTES - len(attributes)
    if room < 1:
        return None
    origin, attempt = lineage_of(message)
    (first, *others) = evidence_of(error).items()
    # A worker that dies before it deletes the message makes a second letter: by the origin they are known as one death.
    lineage = ("dlq-healer", ("String", json.dumps({"v": 1, "origin": origin, "attempt": attempt})))
    fresh = [(name, one) for name, one in (first, lineage, *others) if name not in attributes]
    for name, (kind, value) in fresh[:room]:
        attributes[name] = {"DataType": kind, "StringValue": value}
    if size_of(message["Body"], attributes) + RESERVED_BYTES > MAX_BYTES:
        return None
    system = message.get("Attributes", {})
    letter: dict[str, Any] = {"MessageBody": message["Body"], "MessageAttributes": attributes}
    if "MessageGroupId" in system:
        letter["MessageGroupId"] = system["MessageGroupId"]
    if "AWSTraceHeader" in system:
        trace = {"DataType": "String", "StringValue": system["AWSTraceHeader"]}
        letter["MessageSystemAttributes"] = {"AWSTraceHeader": trace}
    return letter


def size_of(body: str, attributes: Attributes) -> int:
    """Bytes as SQS counts them: body, and each attribute's name, type and value."""
    size = len(body.encode())
    for name, one in attributes.items():
        value = one.get("BinaryValue", b"") or one.get("StringValue", "").encode()
        size += len(name.encode()) + len(one["DataType"].encode()) + len(value)
    return size


def level_in(item: Mapping[str, Any] | None) -> int:
    """The level that a row `control` / `queue#<key>` holds: a person's pin goes before the governor's own."""
    for name in ("pinnedLevel", "level"):
        value = (item or {}).get(name, {})
        if "N" in value:
            return int(value["N"])
    return 0


def backoff_seconds(receives: int, chance: float) -> int:
    """Full jitter: uniform up to a ceiling that doubles with each receive. `chance` is uniform in [0, 1)."""
    ceiling = min(MAX_BACKOFF_SECONDS, BACKOFF_SECONDS * 2 ** (receives - 1))
    return max(1, round(chance * ceiling))
