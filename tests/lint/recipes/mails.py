"""Who writes to the requester: acknowledgements, copies of the mailer, pairs of mailers, reminders."""

from __future__ import annotations

from tests.lint.recipes import account as a
from tests.lint.recipes.recipe import (
    PUBLIC_MAIL,
    SOLVED_HALF,
    UNSOLVED_HALF,
    Recipes,
    mail,
    rule,
)

MAILS = Recipes(1)
trigger, automation = MAILS.trigger, MAILS.automation

# ---- Acknowledgements ----

trigger(
    "Notify requester and CCs of received request",
    "update_type is Create; status is_not solved; ticket_is_public is public; comment_is_public is true; "
    "role is end_user",
    mail("Received. {{ticket.comments_formatted}}", "requester_and_ccs"),
    harms="mails twice@new request",
    why="The standard acknowledgement comes seconds before our first answer.",
    default=True,
)
trigger(
    "Notify requester of new proactive ticket",
    "update_type is Create; ticket_is_public is public; comment_is_public is true; role is agent",
    mail("{{ticket.comments_formatted}}", "requester_and_ccs"),
    harms="mails twice@new request",
    why="We make tickets for requests that start elsewhere, and an agent may make one of our form.",
    default=True,
)
trigger(
    "Out of hours acknowledgement",
    "update_type is Create; in_business_hours is false",
    mail("We are closed."),
    harms="mails twice@new request",
    why="A request may come by night.",
)
trigger(
    "Acknowledge billing requests",
    f"update_type is Create; ticket_form_id is {a.BILLING_FORM}",
    mail("Your invoice…"),
    why="Another form.",
)
trigger(
    "Acknowledge web form and mail",
    "update_type is Create",
    mail("Got it.", "current_user"),
    some="via_id is 0; via_id is 4",
    harms="mails twice@new request",
    why="Whoever makes the request is mailed.",
)
trigger(
    "Greeting on WhatsApp",
    "update_type is Create; via_id is 73",
    mail("Hello!"),
    why="A messaging channel fills in no form.",
)
trigger(
    "Acknowledge routers",
    f"update_type is Create; custom_fields_{a.PRODUCT} is product_router",
    mail("About your router."),
    why="Our form does not ask for a product.",
)
trigger(
    "Acknowledge urgent requests",
    "update_type is Create; priority is urgent",
    mail("We hurry."),
    why="Our form has no priority, and nothing sets one.",
)
trigger(
    "Auto-reply with articles",
    "update_type is Create; via_id is 0",
    ("deflection", ["requester_id", "These may help", "{{automatic_answers.article_list}}"]),
    harms="mails twice@new request",
    why="A list of articles is an acknowledgement too.",
)
trigger(
    "Welcome to the VIP desk",
    "update_type is Create; organization_id is 8001",
    mail("Welcome."),
    harms="mails twice@new request",
    why="A requester may belong to any organization.",
)
trigger(
    "Public auto-reply",
    "update_type is Create; role is end_user",
    ("reply_public", ["channel:all", "Thank you, we are on it."]),
    harms="mails twice@new request",
    why="A public comment on arrival is mailed, before ours.",
)

# ---- Beside the mailer ----

trigger(
    "Notify requester of comment update (copy)",
    "update_type is Change; comment_is_public is true; role is agent",
    mail("{{ticket.latest_public_comment}}"),
    harms="mails twice@our update",
    why="The standard trigger carries the same comment.",
)
trigger(
    "Notify requester of comment update",
    "update_type is Change; comment_is_public is true",
    mail("{{ticket.latest_public_comment}}", "requester_and_ccs"),
    beside=(),
    why="It is the one that carries our comments.",
)
trigger(
    "Notify requester of solved request",
    "status value solved",
    mail("{{ticket.comments_formatted}}"),
    beside=(UNSOLVED_HALF,),
    why="One half of the older pair; the other leaves solving to it.",
    default=True,
)
trigger(
    "Notify requester of comment update, not of solving",
    "update_type is Change; comment_is_public is requester_can_see_comment; role is agent; status not_value solved",
    mail("{{ticket.comments_formatted}}"),
    beside=(SOLVED_HALF,),
    why="The other half.",
    default=True,
)
trigger(
    "Solved: how did we do?",
    "status value solved",
    mail("Your request is solved."),
    harms="mails twice@our update",
    why="The standard trigger mails our last text already.",
)
trigger(
    "New style solved mail",
    "update_type is Change; comment_is_public is true; status value solved",
    mail("{{ticket.latest_public_comment}}"),
    beside=(UNSOLVED_HALF, SOLVED_HALF),
    harms="mails twice@our update",
    why="The older pair mails it.",
)
trigger(
    "Comment update, in business hours style",
    "update_type is Change; comment_is_public is true; in_business_hours is true",
    mail("{{ticket.latest_public_comment}}"),
    harms="mails twice@our update",
    why="By day it mails what the standard one mails.",
)
trigger(
    "Mail comments of agents that don't use the API",
    "update_type is Change; comment_is_public is true; role is agent; current_via_id is_not 5",
    mail("{{ticket.latest_public_comment}}"),
    beside=(
        rule(
            "Mail what the API says",
            "update_type is Change; comment_is_public is true; current_via_id is 5",
            PUBLIC_MAIL,
        ),
    ),
    why="The other one mails ours.",
)
trigger(
    "German comments",
    "update_type is Change; comment_is_public is true; locale_id is 8",
    PUBLIC_MAIL,
    beside=(
        rule(
            "Other comments",
            "update_type is Change; comment_is_public is true; locale_id is_not 8",
            PUBLIC_MAIL,
        ),
    ),
    why="Each comment is mailed by one of the two.",
)
trigger(
    "On hold: we are waiting for somebody",
    "update_type is Change; status changed; status is hold",
    mail("We wait for a third party."),
    harms="mails twice@our update",
    why="A tier begins with a text of its own.",
)
trigger(
    "Your request has an agent",
    "update_type is Change; assignee_id changed; assignee_id is_not",
    mail("{{ticket.assignee.name}} helps you."),
    harms="mails twice@our update",
    why="Before we solve we assign what nobody has, in the update with our last text.",
)
trigger(
    "Priority was raised",
    "update_type is Change; priority changed",
    mail("We have raised the priority."),
    why="No update of our tickets changes a priority.",
)
trigger(
    "It is a bug",
    "update_type is Change; type value problem",
    mail("We found a bug."),
    why="Our form has no type.",
)
trigger(
    "Thanks for the rating",
    "update_type is Change; satisfaction_score value goodwithcomment",
    mail("Thank you for rating us."),
    why="A rating is given after the end.",
)
trigger(
    "Refund date is set",
    f"update_type is Change; custom_fields_{a.REFUND_DATE} changed",
    mail("Your refund is coming."),
    why="A date of another form.",
)
trigger(
    "Refund is due this week",
    f"update_type is Change; custom_fields_{a.REFUND_DATE} within_next_n_days 7",
    mail("Your refund is coming."),
    why="A date that our tickets don't have.",
)
trigger(
    "Requester was changed",
    "update_type is Change; requester_id changed",
    mail("You are the requester now."),
    why="We don't change requesters, and an agent who does wants them to know.",
)
trigger(
    "We have your reply",
    "update_type is Change; comment_is_public is true; role is end_user",
    mail("Thank you for your reply."),
    harms="mails twice@requester's update",
    why="Where we wait for a reply we answer it within seconds.",
)
trigger(
    "Your reply has opened the request again",
    "update_type is Change; role is end_user; status value_previous solved; status is open",
    mail("It is open again."),
    why="After the end nothing of ours is sent on a reply.",
)
trigger(
    "Reply to a billing request",
    f"update_type is Change; role is end_user; group_id is {a.BILLING}",
    mail("Thank you."),
    why="Another group.",
)
trigger(
    "Text message on each public comment",
    "update_type is Change; comment_is_public is true; role is agent",
    ("notification_sms_user", ["requester_id", "555", "News on your request"]),
    harms="mails twice@our update",
    why="A second message beside the mail.",
)
trigger(
    "Mail without a look at who writes",
    "comment_is_public is true",
    mail("{{ticket.latest_public_comment}}"),
    beside=(),
    harms="mails twice@new request",
    why="It carries our comments, and greets as well.",
)
trigger(
    "Mail and set pending",
    "update_type is Change; comment_is_public is true; role is agent",
    PUBLIC_MAIL,
    ("status", "pending"),
    beside=(),
    harms="loop@our update",
    why="It carries our comments, and sets another status than they do.",
)
trigger(
    "Holiday notice",
    "update_type is Change; comment_is_public is true; role is_not agent; on_holiday is true",
    mail("We are on holiday."),
    harms="mails twice@requester's update",
    why="A reply on a holiday gets two mails.",
)
trigger(
    "Mail what the bot says",
    f"update_type is Change; comment_is_public is true; role is {a.BOT}",
    mail("{{ticket.latest_public_comment}}"),
    why="Another user's comments… which the standard one mails too, but not ours.",
    beside=(
        rule(
            "All but the bot", f"update_type is Change; comment_is_public is true; role is_not {a.BOT}", PUBLIC_MAIL
        ),
    ),
)

# ---- Automations that write ----

automation(
    "Pending notification 24 hours",
    "status is pending; PENDING is 24",
    mail("We wait for you. {{ticket.comments_formatted}}"),
    harms="mails twice@hour",
    why="We remind by ourselves.",
    default=True,
)
automation(
    "Pending notification 5 days",
    "status is pending; PENDING is 120; current_tags not_includes reminded",
    mail("Still waiting.", "requester_and_ccs"),
    ("current_tags", "reminded"),
    harms="mails twice@hour",
    why="We remind, and withdraw, by ourselves.",
)
automation(
    "Bump 1 for support",
    f"ticket_form_id is {a.SUPPORT_FORM}; status is pending; PENDING greater_than 96; "
    "current_tags not_includes bump1",
    mail("Just checking in."),
    ("current_tags", "bump1"),
    why="Another form.",
)
automation(
    "Request customer satisfaction rating",
    "status is solved; SOLVED is 24; satisfaction_score is unoffered; ticket_is_public is public",
    mail("{{satisfaction.rating_section}}", "requester_and_ccs"),
    ("satisfaction_score", "offered"),
    why="After the end, when nothing of ours is sent.",
    default=True,
)
automation(
    "Sorry that it takes so long",
    "status less_than pending; requester_updated_at greater_than 48; current_tags not_includes sorry",
    mail("Sorry."),
    ("current_tags", "sorry"),
    harms="mails twice@hour",
    why="An open case has updates of its own.",
)
automation(
    "On hold for a week",
    "status is hold; HOLD greater_than_business_hours 40; current_tags not_includes hold_mail",
    mail("Still with our supplier."),
    ("current_tags", "hold_mail"),
    harms="mails twice@hour",
    why="In a tier we report every two days.",
)
automation(
    "Urgent tickets: sorry",
    "status less_than solved; priority is urgent; updated_at greater_than 4; "
    "current_tags not_includes urgent_sorry",
    mail("Sorry."),
    ("current_tags", "urgent_sorry"),
    why="Ours have no priority.",
)
automation(
    "Task is due tomorrow",
    "type is task; status less_than solved; until_due_date is 24",
    mail("Your appointment is tomorrow."),
    why="Only tasks have a date, and ours have no type.",
)
automation(
    "Chats: how was it",
    "via_id is 29; status is solved; SOLVED is 1",
    mail("How was the chat?"),
    why="Chats only.",
)
automation(
    "Remind the assignee",
    "status is open; OPEN greater_than 24; current_tags not_includes nagged",
    mail("Look.", "assignee_id"),
    ("current_tags", "nagged"),
    why="It mails an agent.",
)
