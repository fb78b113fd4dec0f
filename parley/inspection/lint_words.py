"""How people call the harms that a rule could do, and the moments in which it would."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from parley.zendesk.lint.checks.harm import HarmKind, When

HARMS: Final[Mapping[HarmKind, str]] = {
    "loop": "could loop with us",
    "closes": "could close or solve our tickets",
    "wrong status": "could show a wrong status on our tickets",
    "mails twice": "could mail the requester twice",
    "tells notes": "could show internal notes to the requester",
    "tells a key": "could show the key of a case to others than agents",
    "posts": "could post on the assignment what was not meant for it",
    "strips tags": "could strip our tags or fields",
    "speaks for agents": "could say in our fields what is an agent's to say",
    "moves": "could move our tickets away",
    "hides": "could hide our tickets",
}

MOMENTS: Final[Mapping[When, str]] = {
    "new request": "when a request arrives",
    "our update": "on updates of Parley's",
    "agent's update": "on updates of agents",
    "requester's update": "on updates of requesters",
    "hour": "at some hour, by itself",
}
