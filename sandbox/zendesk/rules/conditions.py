"""Conditions of triggers: which there are, whether they are well formed, and whether an update meets them."""

from dataclasses import dataclass
from typing import Any

from sandbox.zendesk.records.account import CATEGORIES, Account
from sandbox.zendesk.records.audits import snapshot
from sandbox.zendesk.records.errors import invalid
from sandbox.zendesk.records.fields import option_tags
from sandbox.zendesk.records.records import Json
from sandbox.zendesk.records.update import TicketUpdate

OPERATORS = {
    "is": "Is",
    "is_not": "Is not",
    "less_than": "Less than",
    "greater_than": "Greater than",
    "includes": "Contains at least one of the following",
    "not_includes": "Contains none of the following",
    "changed": "Changed",
    "not_changed": "Not changed",
    "value": "Changed to",
    "value_previous": "Changed from",
    "not_value": "Not changed to",
    "not_value_previous": "Not changed from",
    "present": "Present",
    "not_present": "Not present",
    "is_business_hours": "(business) Is",
    "less_than_business_hours": "(business) Less than",
    "greater_than_business_hours": "(business) Greater than",
}
_NO_VALUE = frozenset({"changed", "not_changed", "present", "not_present"})
_IS = ("is", "is_not")
_MOVES = ("changed", "value", "value_previous", "not_changed", "not_value", "not_value_previous")
_VIA = {"web": "0", "email": "4", "api": "5", "rule": "8"}
SIDE_CONVERSATION_VALUES = (
    ("created", "Created"),
    ("closed", "Closed"),
    ("replied_to", "Replied to"),
    ("reopened", "Reopened"),
)


@dataclass(frozen=True, slots=True)
class ConditionSubject:
    """Something a condition can be about."""

    name: str
    title: str
    operators: tuple[str, ...]
    values: tuple[tuple[str, str], ...] = ()

    def json(self) -> Json:
        return {
            "subject": self.name,
            "title": self.title,
            "type": "list" if self.values else "text",
            "group": "ticket",
            "nullable": False,
            "repeatable": False,
            "operators": [
                {"value": name, "title": OPERATORS[name], "terminal": name in _NO_VALUE} for name in self.operators
            ],
            "values": [{"value": value, "title": title, "enabled": True} for value, title in self.values],
        }


def subjects(account: Account) -> dict[str, ConditionSubject]:
    """Every condition the account knows, by its API name."""
    statuses = tuple((str(key), str(row["agent_label"])) for key, row in account.statuses.items())
    forms = tuple((str(key), str(row["name"])) for key, row in account.forms.items())
    groups = tuple((str(key), str(row["name"])) for key, row in account.groups.items())
    known = [name for name in (*CATEGORIES, "closed") if name != "hold" or account.features.on_hold]
    categories = tuple((name, name.capitalize()) for name in known)
    found = [
        ConditionSubject("status", "Status", (*_IS, "less_than", "greater_than", *_MOVES), categories),
        ConditionSubject("update_type", "Ticket", ("is",), (("Create", "Created"), ("Change", "Updated"))),
        ConditionSubject("current_tags", "Tags", ("includes", "not_includes")),
        ConditionSubject("comment_is_public", "Comment", ("is",), _COMMENTS),
        ConditionSubject(
            "ticket_is_public", "Privacy", ("is",), (("public", "Has public comments"), ("private", "Private"))
        ),
        ConditionSubject("role", "Current user", _IS, (("agent", "(agent)"), ("end_user", "(end user)"))),
        ConditionSubject("requester_id", "Requester", (*_IS, *_MOVES), (("current_user", "(current user)"),)),
        ConditionSubject(
            "assignee_id", "Assignee", (*_IS, *_MOVES), (("", "-"), ("current_user", "(current user)"))
        ),
        ConditionSubject("group_id", "Group", (*_IS, *_MOVES), (("", "-"), *groups)),
        ConditionSubject("via_id", "Channel", _IS, tuple((code, name) for name, code in _VIA.items())),
        ConditionSubject("satisfaction_score", "Satisfaction", (*_IS, *_MOVES), _RATINGS),
        ConditionSubject("current_via_id", "Update via", _IS, tuple((code, name) for name, code in _VIA.items())),
    ]
    if account.features.several_forms:
        found.append(ConditionSubject("ticket_form_id", "Form", (*_IS, *_MOVES), forms))
    if account.features.custom_statuses:
        operators = ("includes", "not_includes", *_IS, *_MOVES)
        found.append(ConditionSubject("custom_status_id", "Ticket status", operators, statuses))
    if account.features.side_conversations:
        # The name that Zendesk's API gives this condition is not published; people read its title.
        found.append(
            ConditionSubject(
                account.side_conversation_subject, "Side conversation", ("is",), SIDE_CONVERSATION_VALUES
            )
        )
    found.extend(_of_field(field) for field in account.custom_fields())
    return {subject.name: subject for subject in found}


_RATINGS = (("unoffered", "Unoffered"), ("offered", "Offered"), ("good", "Good"), ("bad", "Bad"))
_COMMENTS = (
    ("true", "Is public"),
    ("false", "Is private"),
    ("not_relevant", "Is present (public or private)"),
    ("requester_can_see_comment", "Is present, and requester can see the comment"),
)


def _of_field(field: Json) -> ConditionSubject:
    name, title = f"custom_fields_{field['id']}", str(field["title"])
    if field["type"] == "checkbox":
        return ConditionSubject(name, title, _IS, (("true", "Checked"), ("false", "Not checked")))
    if field["type"] == "multiselect":
        return ConditionSubject(
            name, title, ("includes", "not_includes", "present", "not_present"), _options(field)
        )
    if field["type"] == "tagger":
        return ConditionSubject(name, title, (*_IS, *_MOVES, "present", "not_present"), _options(field))
    return ConditionSubject(name, title, (*_IS, "present", "not_present"))


def _options(field: Json) -> tuple[tuple[str, str], ...]:
    return tuple((tag, tag) for tag in option_tags(field))


def check_conditions(account: Account, given: Any) -> Json:
    """The conditions as they will be kept. Raises 422 for an unknown condition or operator."""
    given = given if isinstance(given, dict) else {}
    kept: Json = {"all": list(given.get("all") or []), "any": list(given.get("any") or [])}
    if not kept["all"] and not kept["any"]:
        raise invalid("conditions", "Conditions: must have at least one condition", "BlankValue")
    known = subjects(account)
    for condition in (*kept["all"], *kept["any"]):
        subject = known.get(str(condition.get("field")))
        if subject is None:
            raise invalid("conditions", f"Conditions: {condition.get('field')} is not valid", "InvalidValue")
        operator = condition.get("operator")
        if operator not in subject.operators:
            raise invalid("conditions", f"Conditions: {operator} is not valid for {subject.name}", "InvalidValue")
    return kept


def matches(conditions: Json, update: TicketUpdate) -> bool:
    """Whether the update, as far as it has got, meets all of `all` and one of `any`."""
    every, some = conditions.get("all") or [], conditions.get("any") or []
    return all(_meets(row, update) for row in every) and (not some or any(_meets(row, update) for row in some))


def _meets(condition: Json, update: TicketUpdate) -> bool:
    name, operator = condition["field"], condition["operator"]
    wanted = _wanted(condition.get("value"), update)
    if name == "current_tags":
        hit = bool(set(" ".join(wanted).split()) & set(update.ticket.tags))
        return hit if operator == "includes" else not hit
    if name in ("comment_is_public", "role", "update_type") or name == update.account.side_conversation_subject:
        hit = bool(set(wanted) & _moment(name, update))
        return hit if operator == "is" else not hit
    now, before = _values(name, update)
    return _compare(operator, now, before, wanted)


def _wanted(value: Any, update: TicketUpdate) -> list[str]:
    rows = value if isinstance(value, list) else [value]
    people = {"current_user": update.actor.id, "requester_id": update.ticket.requester_id}
    return [_text(people.get(row, row) if isinstance(row, str) else row) for row in rows]


def _moment(name: str, update: TicketUpdate) -> set[str]:
    """Facts of this very update: its comment, its maker, its kind, its side conversation."""
    if name == "update_type":
        return {update.kind}
    if name == "role":
        return {"agent" if update.actor.is_agent else "end_user", str(update.actor.id)}
    if name == "comment_is_public":
        if update.comment is None:
            return set()
        public = update.comment["public"]
        return {"not_relevant"} | ({"true", "requester_can_see_comment"} if public else {"false"})
    return {update.conversation} if update.conversation else set()


def _values(name: str, update: TicketUpdate) -> tuple[Any, Any]:
    if name in ("via_id", "current_via_id"):
        channel = update.ticket.via if name == "via_id" else update.via
        return _VIA.get(channel["channel"], ""), None
    if name == "ticket_is_public":
        return ("public" if update.ticket.is_public else "private"), None
    key = name.removeprefix("custom_fields_")
    now, before = snapshot(update.ticket).get(key), (update.before or {}).get(key)
    if key != name and update.account.fields.get(int(key), {}).get("type") == "checkbox":
        return bool(now), bool(before)
    return now, before


def _compare(operator: str, now: Any, before: Any, wanted: list[str]) -> bool:
    value, previous = _text(now), _text(before)
    several = {str(item) for item in now} if isinstance(now, list) else {value}
    results = {
        "is": value in wanted,
        "includes": bool(several & set(wanted)),
        "changed": value != previous,
        "value": value in wanted and value != previous,
        "value_previous": previous in wanted and value != previous,
        "present": value != "",
        "less_than": _rank(value) < _rank(wanted[0]),
        "greater_than": _rank(value) > _rank(wanted[0]),
    }
    if operator in results:
        return results[operator]
    opposite = "is" if operator == "is_not" else operator.removeprefix("not_")
    return not results[opposite]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _rank(status: str) -> int:
    order = (*CATEGORIES, "closed")
    return order.index(status) if status in order else -1
