"""What is nearly right: keys, tokens and cookies, changed a little by a seed."""

from __future__ import annotations

import string
from random import Random

SIGNS = string.ascii_letters + string.digits + "-_=+/%. \"';,"


def nearly(value: str, dice: Random) -> str:
    """Another value: a sign or a bit of it changed, too short, too long, turned about, or something else."""
    at = dice.randrange(len(value))
    made = dice.choice(
        [
            lambda: value[:at] + dice.choice(SIGNS) + value[at + 1 :],
            lambda: value[:at] + chr(ord(value[at]) ^ 1 << dice.randrange(8)) + value[at + 1 :],
            lambda: value[:at] + value[at + 1 :],
            lambda: value[:at],
            lambda: value[:at] + dice.choice(SIGNS) + value[at:],
            lambda: value[at:] + value[:at],
            lambda: value[::-1],
            lambda: value * dice.randrange(2, 40),
            lambda: value + "A" * dice.choice([1, 3000, 9000]),
            lambda: "".join(dice.choices(SIGNS, k=dice.randrange(200))),
            lambda: "".join(dice.choices(string.ascii_letters, k=len(value))),
            lambda: value.swapcase(),
        ]
    )()
    return made if made.strip() != value else made[1:] + ("A" if value[-1] != "A" else "B")
