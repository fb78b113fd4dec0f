"""What a part of the account is for, in a sentence: a plan says so of what it would make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from parley.zendesk.account.model.part import AccountPart

OF_KIND: Final[Mapping[str, str]] = {
    "form": "Workers and clients ask the desk for help with it.",
    "field": "Requesters fill it in.",
    "status": "It shows where a case is.",
    "macro": "Agents move a case with it.",
    "category": "The triggers below stand in it.",
    "trigger": "It tells Parley to look at a ticket.",
    "webhook": "Zendesk tells Parley by it that something happened.",
    "view": "Agents find cases in it.",
    "group": "It looks after escalations.",
    "automation": "It tells the group where Parley has been silent for six days.",
    "dynamic_content": "What requesters read of the account, in each of the policy's languages.",
    "app": "Beside a ticket it shows agents the case.",
    "app_installation": "It puts the app beside tickets, with the secret that it reads cases by.",
}
"""What stands where a part has no description of its own; read after the thing's name."""
MANAGED: Final = " Managed by `parley zendesk apply`."


def purpose_of(part: AccountPart) -> str:
    """What a part is for: its own description, else what its kind is for."""
    described = (str(part.body.get(name) or "") for name in ("agent_description", "description"))
    own = next((said for said in described if said), "")
    return " ".join(own.replace(MANAGED, "").split()) or OF_KIND.get(part.kind, "")
