"""What stands beside our parts in the account and gets in their way, said before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator

from connector.reading import items
from connector.zendesk.account.setup import Thing
from parley.zendesk.account.kinds import FIELD, FORM, KINDS
from parley.zendesk.account.planning.plan import Plan, Step


def taken_tags(plan: Plan) -> list[str]:
    """Options that we would send and whose tags another field of the account has: Zendesk refuses those."""
    return list(_taken(plan))


def conflicts(plan: Plan) -> list[str]:
    """Things that are left alone, and would surprise people who work with our parts."""
    return [*_twins(plan), *_obstacles(plan), *_forms(plan)]


def _taken(plan: Plan) -> Iterator[str]:
    others = [] if plan.account is None else [one for one in plan.account.things[FIELD.kind] if one.active]
    for step in plan.steps:
        if step.kind != FIELD.kind or step.desired is None:
            continue
        had = (
            {str(row.get("value")) for row in items(step.actual.details.get("custom_field_options"))}
            if step.actual
            else set()
        )
        for row in items(step.desired.body.get("custom_field_options")):
            tag = str(row.get("value"))
            for other in others:
                if tag not in had and other.id != step.id and tag in _tags(other):
                    yield (
                        f"The tag {tag} of the ticket field “{step.name}” is taken by the field “{other.name}” "
                        f"({other.id}). Change the tag there, or deactivate that field."
                    )


def _tags(field: Thing) -> set[str]:
    options = {str(row.get("value")) for row in items(field.details.get("custom_field_options"))}
    return options | {str(field.details.get("tag") or "")}


def _twins(plan: Plan) -> Iterator[str]:
    for step in _there(plan):
        for twin in plan.account.named(step.kind, step.name) if plan.account else ():
            if twin.id != step.id:
                which = "is" if KINDS[twin.kind].is_active(twin.details) else "is switched off and is"
                yield (
                    f"Another {KINDS[step.kind].noun} named “{step.name}” ({twin.id}) {which} left alone; "
                    f"ours is {step.id}."
                )


def _obstacles(plan: Plan) -> Iterator[str]:
    for step in _there(plan):
        if step.actual is not None:
            yield from KINDS[step.kind].obstacles(step.name, step.actual)


def _forms(plan: Plan) -> Iterator[str]:
    ours = {step.id: step.name for step in _there(plan) if step.kind == FIELD.kind}
    mine = {step.id for step in _there(plan) if step.kind == FORM.kind}
    for form in plan.account.things[FORM.kind] if plan.account else ():
        on = [ours[str(one)] for one in form.details.get("ticket_field_ids") or () if str(one) in ours]
        if form.id not in mine and form.active and on:
            yield f"The form “{form.name}” ({form.id}) has fields of ours too: {', '.join(on)}."
        rows = [*items(form.details.get("agent_conditions")), *items(form.details.get("end_user_conditions"))]
        children = [str(child.get("id")) for row in rows for child in items(row.get("child_fields"))]
        hidden = dict.fromkeys(ours[one] for one in children if one in ours)
        if form.id in mine and hidden:
            yield (
                f"Conditions of the form “{form.name}” ({form.id}) hide fields of ours at times: "
                f"{', '.join(hidden)}. Take them out of the conditions."
            )


def _there(plan: Plan) -> Iterator[Step]:
    return (step for step in plan.steps if step.id and step.desired is not None)
