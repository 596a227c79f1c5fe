"""`python -m unittest` in this folder; needs nothing but Python."""

import json
import unittest
from typing import Any

from contract import backoff_seconds, dead_letter, evidence_of, heal_key, level_in, size_of


def text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}


def message(attributes: dict[str, Any] | None = None, **system: str) -> dict[str, Any]:
    return {"MessageId": "m-1", "Body": "{}", "MessageAttributes": attributes or {}, "Attributes": system}


def mark(**fields: object) -> dict[str, Any]:
    return {"dlq-healer": text(json.dumps({"v": 1, "origin": "m-0", "attempt": 2, "group": "abcdef012345", **fields}))}


class Refused(Exception):
    status = 422


class HealKey(unittest.TestCase):
    def test_is_the_message_itself_in_its_first_life(self) -> None:
        self.assertEqual(heal_key(message()), "m-1.0")

    def test_is_the_origin_s_after_a_heal(self) -> None:
        self.assertEqual(heal_key(message(mark())), "m-0.2")

    def test_is_not_taken_from_what_the_healer_did_not_write(self) -> None:
        for fields in ({"v": 2}, {"origin": ""}, {"origin": 7}, {"attempt": -1}, {"attempt": "2"}):
            self.assertEqual(heal_key(message(mark(**fields))), "m-1.0", fields)
        for value in ("", "no JSON", "[]", "null"):
            self.assertEqual(heal_key(message({"dlq-healer": text(value)})), "m-1.0", value)


class DeadLetter(unittest.TestCase):
    def test_is_the_message_as_it_came_and_the_evidence(self) -> None:
        own = {"tenant": text("a"), "blob": {"DataType": "Binary.png", "BinaryValue": b"\x00\xff"}}
        letter = dead_letter(message(own, MessageGroupId="g", AWSTraceHeader="Root=1"), Refused("no such card"))
        assert letter is not None
        self.assertEqual(letter["MessageBody"], "{}")
        self.assertEqual(letter["MessageGroupId"], "g")
        self.assertEqual(letter["MessageSystemAttributes"], {"AWSTraceHeader": text("Root=1")})
        attributes = letter["MessageAttributes"]
        self.assertEqual({name: attributes[name] for name in own}, own)
        self.assertEqual(attributes["ErrorType"], text("Refused"))
        self.assertEqual(attributes["ErrorMessage"], text("no such card"))
        self.assertEqual(attributes["HttpStatus"], {"DataType": "Number", "StringValue": "422"})
        self.assertEqual(json.loads(attributes["dlq-healer"]["StringValue"]), {"v": 1, "origin": "m-1", "attempt": 0})

    def test_keeps_the_mark_of_a_message_that_was_healed(self) -> None:
        letter = dead_letter(message(mark()), Refused("no"))
        assert letter is not None
        self.assertEqual(letter["MessageAttributes"]["dlq-healer"], mark()["dlq-healer"])

    def test_says_what_it_has_room_for(self) -> None:
        for count, names in ((9, ["ErrorType"]), (8, ["ErrorType", "dlq-healer"]), (7, ["ErrorType", "HttpStatus", "dlq-healer"])):
            own = {f"a{n}": text("x") for n in range(count)}
            letter = dead_letter(message(own), Refused("no"))
            assert letter is not None
            self.assertEqual(sorted(set(letter["MessageAttributes"]) - set(own)), names)

    def test_is_left_to_sqs_without_room(self) -> None:
        self.assertIsNone(dead_letter(message({f"a{n}": text("x") for n in range(10)}), Refused("no")))
        self.assertIsNone(dead_letter({**message(), "Body": "x" * (1024 * 1024 - 600)}, Refused("no")))

    def test_has_no_value_that_sqs_refuses(self) -> None:
        found = evidence_of(Refused("bell \x07, noncharacter \uffff, smile \U0001f600"))
        self.assertEqual(found["ErrorMessage"], ("String", "bell , noncharacter , smile \U0001f600"))
        self.assertNotIn("ErrorMessage", evidence_of(Refused("")))

    def test_tells_where_it_happened_and_what_aws_said(self) -> None:
        error = Refused("no")
        error.response = {"Error": {"Code": "ThrottlingException"}}  # type: ignore[attr-defined]
        try:
            raise error
        except Refused as raised:
            found = evidence_of(raised)
        self.assertIn("test_contract.py", found["StackTrace"][1])
        self.assertEqual(found["ErrorCode"], ("String", "ThrottlingException"))

    def test_is_as_large_as_sqs_counts_it(self) -> None:
        self.assertEqual(size_of("é", {"n": {"DataType": "Binary", "BinaryValue": b"123"}}), 2 + 1 + 6 + 3)


class Level(unittest.TestCase):
    def test_is_the_pin_before_the_governor_s(self) -> None:
        self.assertEqual(level_in({"level": {"N": "1"}, "pinnedLevel": {"N": "3"}}), 3)
        self.assertEqual(level_in({"level": {"N": "1"}, "pinnedLevel": {"N": "0"}}), 0)
        self.assertEqual(level_in({"level": {"N": "2"}, "pinnedLevel": {"NULL": True}}), 2)
        self.assertEqual(level_in({}), 0)
        self.assertEqual(level_in(None), 0)


class Backoff(unittest.TestCase):
    def test_doubles_up_to_its_end_with_full_jitter(self) -> None:
        self.assertEqual([backoff_seconds(n, 0.999) for n in (1, 2, 3, 4, 5)], [1, 2, 4, 8, 8])
        self.assertEqual(backoff_seconds(4, 0), 1)
        self.assertEqual(backoff_seconds(4, 0.5), 4)


if __name__ == "__main__":
    unittest.main()
