"""What people in the shop may sign (design section 11)."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What somebody who works here is."""

    OPERATOR = "operator"  # prints, checks, hands over, and handles blanks
    STOREKEEPER = "storekeeper"  # handles blanks
    SUPERVISOR = "supervisor"  # all of that, and approves
    AUDITOR = "auditor"  # reads, nothing personal
    ADMINISTRATOR = "administrator"  # configuration and printers, no blanks


BLANKS = frozenset({Role.OPERATOR, Role.STOREKEEPER, Role.SUPERVISOR})
"""Those who handle blanks."""

CARDS = frozenset({Role.OPERATOR, Role.SUPERVISOR})
"""Those who print, check and hand over cards."""

MACHINES = frozenset({*BLANKS, Role.ADMINISTRATOR})
"""Those who see to printers, and sign an enrolment."""

EVERYBODY = frozenset(Role)
"""Everybody who works here."""
