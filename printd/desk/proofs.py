"""How somebody who acts proves it: what opens their key, for this one act."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, SecretStr


class Person(BaseModel):
    """Somebody who acts, with one proof that it is them.

    :param name: login name.
    :param passphrase: opens their sealed key.
    :param session: token of their session at a terminal.
    :param pin: opens a session of theirs that is there already.
    :param seed: their key itself, from a session file for scripts: 64 hexadecimal digits.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    name: str
    passphrase: SecretStr | None = None
    session: SecretStr | None = None
    pin: SecretStr | None = None
    seed: SecretStr | None = None
