"""Rules that move a ticket or take it out of sight, and rules that answer to our updates without end."""

from __future__ import annotations

from tests.lint.recipes import account as a
from tests.lint.recipes.recipe import STANDARD, Recipes, rule

PLACES = Recipes(401)
trigger, automation = PLACES.trigger, PLACES.automation
ROUTING = rule(
    "Escalations to their group",
    f"ticket_form_id is {a.FORM}; update_type is Create",
    ("group_id", a.ESCALATIONS),
    id=6,
    position=200,
)

trigger(
    "New tickets to Support",
    "update_type is Create",
    ("group_id", a.SUPPORT),
    harms="moves@new request",
    why="Nothing brings ours back.",
    position=300,
)
trigger(
    "New tickets to Support, first of all",
    "update_type is Create",
    ("group_id", a.SUPPORT),
    why="Ours are routed after it.",
    beside=(STANDARD, ROUTING),
    position=5,
)
trigger(
    "Escalations to their group",
    f"ticket_form_id is {a.FORM}; update_type is Create",
    ("group_id", a.ESCALATIONS),
    why="Where they belong.",
)
trigger(
    "Words about money: Billing",
    "update_type is Create; subject_includes_word includes invoice payment refund",
    ("group_id", a.BILLING),
    harms="moves@new request",
    why="Our requests are about payments.",
)
trigger(
    "Words about money: the Billing form",
    "update_type is Create; comment_includes_word includes invoice payment refund",
    ("ticket_form_id", a.BILLING_FORM),
    harms="moves@new request",
    why="On another form nobody follows the case.",
)
trigger(
    "Routers to the night shift",
    f"update_type is Create; custom_fields_{a.PRODUCT} is product_router",
    ("group_id", a.NIGHT),
    why="Our form has no product.",
)
trigger(
    "Urgent to the night shift",
    "update_type is Change; priority is urgent",
    ("group_id", a.NIGHT),
    why="Our form has no priority.",
)
trigger(
    "By night to the night shift",
    "update_type is Change; in_business_hours is false; role is end_user",
    ("group_id", a.NIGHT),
    harms="moves@requester's update",
    why="A reply by night moves the ticket.",
)
automation(
    "Old tickets to the night shift",
    "status less_than solved; updated_at greater_than 72",
    ("group_id", a.NIGHT),
    harms="moves@hour",
    why="A case is quiet for longer.",
)
automation(
    "Old billing tickets to the night shift",
    f"group_id is {a.BILLING}; status less_than solved; updated_at greater_than 72",
    ("group_id", a.NIGHT),
    why="Another group.",
)
trigger(
    "Who answers first has it",
    "update_type is Change; comment_is_public is true; role is agent; assignee_id is",
    ("assignee_id", "current_user"),
    harms="moves@our update",
    why="We answer first.",
)
trigger(
    "Auto-assign to first email responding agent",
    "update_type is Change; comment_is_public is true; current_via_id is 4; role is agent; assignee_id is",
    ("assignee_id", "current_user"),
    why="We don't write by e-mail.",
    default=True,
)
trigger(
    "Take the group off what is solved",
    "update_type is Change; status value solved",
    ("group_id", ""),
    harms="moves@our update",
    why="A reply after the end comes back to nobody.",
)
trigger(
    "Suspend who swears",
    "update_type is Create; comment_includes_word includes idiot",
    ("suspend_requester", "true"),
    harms="hides@new request",
    why="People in a dispute use such words.",
)
automation(
    "Delete what is old",
    "status is solved; updated_at greater_than 2000",
    ("delete_ticket", ""),
    harms="hides@hour",
    why="Deleted is gone.",
)
automation(
    "Delete old chats",
    "via_id is 29; status is solved; updated_at greater_than 2000",
    ("delete_ticket", ""),
    why="Chats only.",
)
trigger(
    "Hand the ticket to the account's owner",
    "update_type is Create; current_tags includes vip",
    ("requester_id", "8"),
    harms="hides@new request",
    why="The requester no longer finds it.",
)
trigger(
    "Hide comments with card numbers",
    "update_type is Change; comment_includes_word includes visa",
    ("comment_mode_is_public", "false"),
    harms="hides@our update",
    why="Ours may be hidden.",
)
trigger(
    "Ask finance on every update",
    "update_type is Change; status less_than solved",
    ("side_conversation_ticket", ["Please look", "…", f"SupportAssignable:support_assignable/group/{a.BILLING}"]),
    harms="loop@our update",
    why="Each is an update itself.",
)
trigger(
    "Ask finance once",
    "update_type is Change; status less_than solved; current_tags not_includes asked_finance",
    ("side_conversation_ticket", ["Please look", "…"]),
    ("current_tags", "asked_finance"),
    why="Its own tag keeps it to once.",
)
trigger(
    "Ask the vendor about bugs",
    "update_type is Change; type value problem",
    ("side_conversation", ["A bug", "…", "vendor@example.com"]),
    why="Our form has no type.",
)
trigger(
    "Language of Germany",
    "update_type is Create; recipient is hilfe@example.com",
    ("locale_id", "8"),
    why="A language.",
)
trigger(
    "Follow what is escalated",
    f"ticket_form_id is {a.FORM}; update_type is Create",
    ("follower", a.ADA),
    why="An agent more who reads.",
)
trigger(
    "Notify all agents of received request",
    "update_type is Create",
    ("notification_user", ["all_agents", "New", "{{ticket.comments_formatted}}"]),
    why="Agents.",
    default=True,
)
trigger(
    "Notify assignee of assignment",
    "assignee_id changed; assignee_id is_not current_user",
    ("notification_user", ["assignee_id", "Yours", "{{ticket.comments_formatted}}"]),
    why="An agent.",
    default=True,
)
trigger(
    "Notify assignee of comment update",
    "comment_is_public is not_relevant; assignee_id is_not current_user; assignee_id is_not requester_id; "
    "assignee_id not_changed; status not_value_previous solved",
    ("notification_user", ["assignee_id", "Re:", "{{ticket.comments_formatted}}"]),
    why="An agent.",
    default=True,
)
trigger(
    "Notify assignee of reopened ticket",
    "assignee_id is_not current_user; status value_previous solved; status is_not closed",
    ("notification_user", ["assignee_id", "Open again", "{{ticket.comments_formatted}}"]),
    why="An agent.",
    default=True,
)
trigger(
    "Notify group of assignment",
    "group_id changed; group_id is_not; assignee_id is",
    ("notification_group", ["group_id", "New", "{{ticket.comments_formatted}}"]),
    why="Agents.",
    default=True,
)
