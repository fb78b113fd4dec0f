"""Rules that set a status: what closes, what opens again, what undoes ours, in whose update soever."""

from __future__ import annotations

from tests.lint.recipes import account as a
from tests.lint.recipes.recipe import Recipes, mail, rule

STATUSES = Recipes(101)
trigger, automation = STATUSES.trigger, STATUSES.automation

# ---- Ends ----

automation(
    "Close ticket 4 days after status is set to solved",
    "status is solved; SOLVED greater_than 96",
    ("status", "closed"),
    why="The account's normal end.",
    default=True,
)
automation(
    "Bump, bump, solve",
    "status is pending; PENDING greater_than 72; current_tags includes bump2",
    ("status", "solved"),
    harms="closes@hour",
    why="Agents may add a tag by hand.",
)
automation(
    "Solve pending after a week",
    "status is pending; PENDING greater_than 168",
    ("status", "solved"),
    ("current_tags", "auto_solved"),
    harms="closes@hour",
    why="Waiting on requester lasts ten business days.",
)
automation(
    "Solve on-hold after two weeks",
    "status is hold; HOLD greater_than 336",
    ("status", "solved"),
    harms="closes@hour",
    why="The last tier lasts a month.",
)
automation(
    "Abandon quiet tickets",
    "status is pending; updated_at greater_than 240",
    ("custom_status_id", "92"),
    harms="closes@hour",
    why="A solved status of another form is a solved one.",
)
automation(
    "Solve done tasks",
    "type is task; status less_than solved; due_date greater_than 48",
    ("status", "solved"),
    why="Our form has no type.",
)
automation(
    "Solve low priority after a month",
    "priority is low; status less_than solved; NEW greater_than 720",
    ("status", "solved"),
    why="Our form has no priority.",
)
automation(
    "Solve what has a refund date",
    f"status is hold; HOLD greater_than 24; custom_fields_{a.REFUND_DATE} present",
    ("status", "solved"),
    why="Our form has no such date.",
)
automation(
    "Solve what was refunded last month",
    f"status is hold; HOLD greater_than 24; custom_fields_{a.REFUND_DATE} less_than 2026-10-01",
    ("status", "solved"),
    why="A date that isn't there lies neither before nor after another.",
)
automation(
    "Solve what waits for a spare part",
    "custom_status_id includes 91; status is hold; HOLD greater_than 500",
    ("status", "solved"),
    why="A status that our form doesn't have.",
)
automation(
    "Support group: solve pending",
    f"group_id is {a.SUPPORT}; status is pending; PENDING greater_than 48",
    ("status", "solved"),
    harms="closes@hour",
    why="Our tickets arrive in the account's default group.",
)
automation(
    "Billing group: solve pending",
    f"group_id is {a.BILLING}; status is pending; PENDING greater_than 48",
    ("status", "solved"),
    why="Another group.",
)
automation(
    "Close an hour after solving",
    "status is solved; SOLVED greater_than 1; current_tags not_includes keep",
    ("status", "closed"),
    harms="closes@hour",
    why="Our last text invites a reply.",
)
automation(
    "Close well rated tickets at once",
    "status is solved; SOLVED greater_than 1; satisfaction_score is good",
    ("status", "closed"),
    why="Nothing offers our requesters a rating.",
)
trigger(
    "Thank-you replies are solved",
    "update_type is Change; role is end_user; comment_includes_word is thanks",
    ("status", "solved"),
    harms="closes@requester's update",
    why="Thanks for a tier's text end the case.",
)
trigger(
    "Solve automatic replies",
    "update_type is Create; subject_includes_word includes out of office",
    ("status", "solved"),
    harms="closes@new request",
    why="A subject may hold these words.",
)
trigger(
    "Solve what agents close with a tag",
    "update_type is Change; role is agent; current_tags includes call_back",
    ("status", "solved"),
    harms="closes@agent's update",
    why="A macro adds the tag to any ticket.",
)
trigger(
    "Solve Facebook likes",
    "update_type is Create; via_id is 38",
    ("status", "solved"),
    why="A social channel fills in no form.",
)
trigger(
    "Close at once what is solved",
    "status value solved",
    ("status", "closed"),
    harms="closes@our update",
    why="No time for a reply.",
)
trigger(
    "Merged tickets are tagged",
    "update_type is Change; status is closed; current_tags includes closed_by_merge",
    ("current_tags", "merged"),
    why="A tag more.",
)

# ---- Statuses in the middle ----

trigger(
    "Agent answered: pending",
    "update_type is Change; comment_is_public is true; role is agent; status less_than solved",
    ("status", "pending"),
    harms="loop@our update",
    why="It replaces the status that our update sets.",
)
trigger(
    "Any reply: pending",
    "update_type is Change; comment_is_public is true; role is end_user",
    ("status", "pending"),
    harms="wrong status@requester's update",
    why="A reply that an agent has to see lies in pending.",
)
trigger(
    "Agents' answers only: pending",
    f"update_type is Change; comment_is_public is true; role is_not {a.PARLEY}; role is agent; "
    "status is_not solved",
    ("status", "pending"),
    harms="wrong status@agent's update",
    why="A case in a tier shows Pending after an agent's word.",
)
trigger(
    "Internal note: on hold",
    f"update_type is Change; comment_is_public is false; role is_not {a.PARLEY}",
    ("status", "hold"),
    harms="wrong status@agent's update",
    why="A note in Needs review puts the case on hold.",
)
trigger(
    "Requester replied: open",
    "update_type is Change; comment_is_public is true; role is end_user; status is pending",
    ("status", "open"),
    why="Zendesk does so by itself.",
)
trigger(
    "Solved and answered: open again",
    "update_type is Change; requester_id is current_user; status is solved",
    ("status", "open"),
    why="Zendesk opens a ticket on its requester's reply.",
)
trigger(
    "New tickets are open",
    "update_type is Create; status is new",
    ("status", "open"),
    why="Our first update sets its own status within a minute.",
)
trigger(
    "Agent took a new ticket: open",
    "update_type is Change; status is new; assignee_id changed",
    ("status", "open"),
    why="Zendesk does so by itself; none of our statuses is new.",
)
trigger(
    "Not solved without a root cause",
    f"update_type is Change; status value solved; custom_fields_{a.ROOT_CAUSE} not_present",
    ("status", "open"),
    ("current_tags", "root_cause_missing"),
    harms="loop@our update",
    why="Our form lacks the field: each end is undone.",
)
trigger(
    "Not solved without a contact",
    f"status value solved; custom_fields_{a.CONTACTED} is false",
    ("custom_status_id", "22"),
    harms="loop@our update",
    why="The box is never ticked on our tickets: each end is undone.",
)
trigger(
    "Not solved without an order number, on the support form",
    f"ticket_form_id is {a.SUPPORT_FORM}; status value solved; custom_fields_{a.ORDER} not_present",
    ("status", "open"),
    why="Another form.",
)
trigger(
    "Not solved by agents without a root cause",
    f"status value solved; role is_not {a.PARLEY}; custom_fields_{a.ROOT_CAUSE} not_present; role is agent",
    ("status", "open"),
    harms="wrong status@agent's update",
    why="An agent's end is undone too.",
)
trigger(
    "Badly rated: open again",
    "update_type is Change; satisfaction_score value bad",
    ("status", "open"),
    why="Nothing offers our requesters a rating.",
)
trigger(
    "Badly rated: open again, with an offer",
    "update_type is Change; satisfaction_score value bad",
    ("status", "open"),
    harms="wrong status@requester's update",
    why="The rating is offered on every solved ticket, and the case has ended.",
    beside=(
        rule(
            "Offer",
            "status value solved",
            ("satisfaction_score", "offered"),
        ),
    ),
)
automation(
    "On hold for three days: open",
    "status is hold; HOLD greater_than 72",
    ("status", "open"),
    ("current_tags", "was_on_hold"),
    harms="wrong status@hour",
    why="Tiers are on hold for two business days and longer; the ticket no longer shows its tier.",
)
automation(
    "Pending for two days: open",
    "status is pending; PENDING is 48",
    ("status", "open"),
    harms="wrong status@hour",
    why="It still waits for its requester.",
)
automation(
    "Open for a day: pending",
    "status is open; OPEN greater_than 24; assignee_id is_not",
    ("status", "pending"),
    harms="wrong status@hour",
    why="Needs review waits for an agent, not for the requester.",
)
automation(
    "Untouched for a week: tier 2",
    f"ticket_form_id is {a.FORM}; status is hold; updated_at greater_than 168; custom_status_id is 33",
    ("custom_status_id", "34"),
    harms="wrong status@hour",
    why="It moves the case as an agent would, and nobody has looked.",
)
automation(
    "Spare parts: open after a month",
    "custom_status_id is 91; status is hold; HOLD greater_than 720",
    ("status", "open"),
    why="A status that our form doesn't have.",
)
automation(
    "High priority: back to open",
    "priority is high; status is hold; HOLD greater_than 8",
    ("status", "open"),
    why="Our form has no priority.",
)
automation(
    "VIP: back to open",
    "priority is high; status is hold; HOLD greater_than 8",
    ("status", "open"),
    harms="wrong status@hour",
    why="Another rule gives our tickets that priority.",
    beside=(rule("VIPs are urgent", "update_type is Create; organization_id is 8001", ("priority", "high")),),
)
trigger(
    "Reopen what our integration solves",
    f"status value solved; role is {a.PARLEY}",
    ("status", "open"),
    harms="loop@our update",
    why="It opens whatever we solve.",
)
trigger(
    "CC wrote: open",
    "update_type is Change; role is end_user; requester_id is_not current_user; comment_is_public is true",
    ("status", "open"),
    why="Zendesk opens a ticket on a copied person's reply, and Parley puts its status back.",
)
trigger(
    "Priority changed: open",
    "update_type is Change; priority changed; status is_not solved",
    ("status", "open"),
    why="Nothing changes the priority of our tickets.",
)
trigger(
    "Assignee changed: open",
    "update_type is Change; assignee_id changed; status less_than solved; role is agent",
    ("status", "open"),
    harms="wrong status@agent's update",
    why="Taking a ticket in a tier would open it.",
)
trigger(
    "Billing took it: pending",
    f"update_type is Change; group_id value {a.BILLING}",
    ("status", "pending"),
    mail("Billing looks at it."),
    why="Our tickets don't go to Billing.",
)
