"""The code lists that people meet: each is a context (``msgctxt``) of the catalogue."""

from __future__ import annotations

from enum import StrEnum


class Vocabulary(StrEnum):
    """A code list; the value is its context in the catalogue."""

    CAUSE = "cause of spoilage"
    STEP = "step of spoilage"
    INVALID = "cause of an invalid card"
    PLACE = "place"
    JOB = "state of a job"
    HELD = "why a job is held"
    ATTEMPT = "state of an attempt"
    QUALITY = "quality of a card"
    TEST_PRINT = "state of a test print"
    SHIFT = "state of a shift"
    DELIVERY = "state of a delivery"
    TRANSFER = "state of a transfer"
    DISPUTE = "state of a dispute"
    SUKET = "state of a temporary certificate"
    PRINTER = "state of a printer"
    REASON = "reason for printing"
    RECEIVER = "receiver of a card"
    OLD_CARD = "old card"
    CONDITION = "condition of a carton"
    DIFFERENCE = "kind of a difference"
    OUTCOME = "outcome of a difference"
    METHOD = "method of destruction"
    INCIDENT = "kind of an incident"
    SITE = "kind of a site"
    CONSUMABLE = "kind of a consumable"
    LEVEL = "level of a consumable"
    ROLE = "role"
    STOCK_TYPE = "stock type"
    IDENTIFIED = "how a delivery is identified"
    MOVEMENT = "why blanks move"
    RUNG = "evidence of an attempt"
    ALARM = "alarm of a control chart"
    PAPER = "kind of a paper"
    TURN = "turn of a job"
