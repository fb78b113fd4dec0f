"""An account whose admin has done what lint says of Zendesk's standard set."""

from __future__ import annotations

from tests.system.processes.spawned_desk import SpawnedDesk

ACKNOWLEDGING = ("Notify requester and CCs of received request", "Notify requester of new proactive ticket")


def follow_the_advice(desk: SpawnedDesk) -> None:
    """The two standard acknowledgements are kept off our form; on an account's only form, off our requests."""
    account = desk.zendesk.account
    ours = next((key for key, row in account.forms.items() if row["name"] == "Escalate an assignment"), None)
    told_by = next(key for key, row in account.fields.items() if row["title"] == "I am the")
    off = {"field": "ticket_form_id", "operator": "is_not", "value": str(ours)}
    if ours is None:
        off = {"field": f"custom_fields_{told_by}", "operator": "not_present", "value": ""}
    for row in account.triggers.values():
        if row["title"] in ACKNOWLEDGING:
            row["conditions"]["all"].append(off)
