"""Recipes written after the judging was mended, judged once, and not tuned on either."""

from __future__ import annotations

from tests.lint.recipes import account as a
from tests.lint.recipes.recipe import PUBLIC_MAIL, STANDARD, Recipes, mail, rule

LATER = Recipes(501)
trigger, automation = LATER.trigger, LATER.automation

automation(
    "Manager hears of old tickets",
    "status less_than solved; NEW greater_than 240; current_tags not_includes told_manager",
    ("notification_user", [a.ADA, "Old", "{{ticket.comments_formatted}}"]),
    ("current_tags", "told_manager"),
    why="An agent.",
)
automation(
    "Breached: urgent and to the night shift",
    "status is open; until_sla_next_breach_at less_than 1",
    ("priority", "urgent"),
    ("group_id", a.NIGHT),
    harms="moves@hour",
    why="A policy may cover our form.",
)
trigger(
    "On hold while Jira works",
    "update_type is Change; current_tags includes jira_linked",
    ("status", "hold"),
    harms="loop@our update",
    why="An agent may link any ticket; our ends are put on hold.",
)
trigger(
    "Requester replied while on hold: open",
    "update_type is Change; role is end_user; comment_is_public is true; status is hold",
    ("status", "open"),
    why="Zendesk does so by itself.",
)
trigger(
    "Agent's note reopens",
    f"update_type is Change; comment_is_public is false; role is {a.ADA}; status is solved",
    ("status", "open"),
    harms="wrong status@agent's update",
    why="A note after the end would open the case.",
)
trigger(
    "Reply to Slack",
    "update_type is Change; comment_is_public is true; role is end_user",
    ("notification_webhook", [a.SLACK, '{"text":"{{ticket.latest_public_comment}}"}']),
    why="A place where the team reads.",
)
trigger(
    "Old target on every comment",
    "update_type is Change; comment_is_public is true",
    ("notification_target", ["77", "{{ticket.latest_comment}}"]),
    why="Where a target leads is not known, and it isn't the requester.",
)
trigger(
    "Requester: note of the week",
    "update_type is Change; comment_is_public is false; current_tags includes weekly",
    ("notification_user", ["requester_id", "News", "{{ticket.latest_comment_formatted}}"]),
    harms="tells notes@our update",
    why="A tag that anybody may add sends notes out.",
)
trigger(
    "Loop over comments",
    "update_type is Change; comment_is_public is not_relevant; role is agent",
    ("notification_user", ["requester_id", "N", "{% for c in ticket.comments limit:1 %}{{c.value}}{% endfor %}"]),
    harms="tells notes@our update, mails twice@our update",
    why="The newest comment may be a note.",
)
trigger(
    "Mail to the assignee of what the requester says",
    "update_type is Change; role is end_user; comment_is_public is true",
    ("notification_user", ["assignee_id", "R", "{{ticket.latest_comment}}"]),
    why="An agent.",
)
trigger(
    "We are quiet at Christmas",
    "update_type is Create; on_holiday is true",
    mail("Back in January."),
    harms="mails twice@new request",
    why="An acknowledgement on a holiday.",
)
trigger(
    "Acknowledge mail to billing",
    "update_type is Create; recipient is billing@example.com; ticket_form_id is_not 10",
    mail("Billing has it."),
    why="Our form is left out by name.",
)
trigger(
    "Follow-up of a closed ticket",
    "update_type is Create; via_id is 27",
    mail("A follow-up."),
    harms="mails twice@new request",
    why="We adopt follow-ups, and answer them.",
)
trigger(
    "Mail when the form changes",
    "update_type is Change; ticket_form_id changed",
    mail("Another form."),
    why="We change no form.",
)
trigger(
    "Mail when it is ours by brand",
    "update_type is Change; brand_id changed",
    mail("Another brand."),
    why="We change no brand.",
)
trigger(
    "Requester and CCs, when pending",
    "status value pending",
    mail("Please answer.", "requester_and_ccs"),
    harms="mails twice@our update",
    why="Our question is mailed already.",
)
trigger(
    "One for each half: open and pending",
    "update_type is Change; comment_is_public is true; status less_than hold",
    PUBLIC_MAIL,
    why="The other one takes the rest.",
    beside=(
        rule(
            "The rest", "update_type is Change; comment_is_public is true; status greater_than pending", PUBLIC_MAIL
        ),
    ),
)
trigger(
    "All but on hold",
    "update_type is Change; comment_is_public is true; status is_not hold",
    PUBLIC_MAIL,
    why="The other one is for what is on hold.",
    beside=(rule("On hold", "update_type is Change; comment_is_public is true; status is hold", PUBLIC_MAIL),),
)
automation(
    "Solved for two days: thank you",
    "status is solved; SOLVED is 48",
    mail("Thank you."),
    why="After the end.",
)
automation(
    "Close as merged",
    "status is solved; SOLVED greater_than 72; current_tags includes merged",
    ("status", "closed"),
    why="Three days after solving.",
)
automation(
    "Spam box: solve",
    f"status less_than solved; NEW greater_than 1; custom_fields_{a.CONTACTED} is true",
    ("status", "solved"),
    why="A box that our form lacks.",
)
automation(
    "Unassigned for a day: solve as abandoned",
    "status is open; assignee_id is; OPEN greater_than 24",
    ("status", "solved"),
    harms="closes@hour",
    why="Needs review has no assignee at first.",
)
automation(
    "Unassigned for a day: give to Ada",
    "status is open; assignee_id is; OPEN greater_than 24",
    ("assignee_id", a.ADA),
    why="An agent of the account; whose group is not known.",
)
automation(
    "Solved by Ada: close after ten days",
    f"status is solved; assignee_id is {a.ADA}; SOLVED greater_than 240",
    ("status", "closed"),
    why="Long after the end.",
)
automation(
    "Tier 1 for four days: next tier",
    f"ticket_form_id is {a.FORM}; status is hold; custom_status_id is 33; HOLD greater_than 96",
    (f"custom_fields_{a.TIER}", "escalation_tier_2"),
    ("custom_status_id", "34"),
    harms="speaks for agents@hour, wrong status@hour",
    why="It moves the case by itself.",
)
trigger(
    "Tick when somebody from Acme writes",
    "update_type is Change; organization_id is 8001; role is end_user; comment_is_public is true",
    (f"custom_fields_{a.RESPONDED}", "true"),
    harms="speaks for agents@requester's update",
    why="The requester is from Acme.",
)
trigger(
    "Empty the account manager",
    f"update_type is Change; status value solved; ticket_form_id is {a.FORM}",
    (f"custom_fields_{a.AM_MAIL}", ""),
    harms="speaks for agents@our update",
    why="What an agent has filled in is lost for a case that comes back.",
)
trigger(
    "Justification by words",
    "update_type is Change; comment_includes_word includes justified",
    ("current_tags", "escalation_justification_stated"),
    harms="speaks for agents@our update",
    why="The tag is the option of an agent's answer.",
)
trigger(
    "Order number by rule",
    f"update_type is Create; custom_fields_{a.ORDER} not_present",
    (f"custom_fields_{a.ORDER}", "none"),
    why="Not a field of ours.",
)
trigger(
    "Type question for everybody",
    "update_type is Create",
    ("type", "question"),
    why="A type hurts nobody.",
)
trigger(
    "Questions are solved at once",
    "update_type is Create; type is question",
    ("status", "solved"),
    harms="closes@new request",
    why="Another rule makes each ticket a question.",
    beside=(STANDARD, rule("All are questions", "update_type is Create", ("type", "question"))),
)
trigger(
    "Incidents are solved at once",
    "update_type is Create; type is incident",
    ("status", "solved"),
    why="Only questions are ever made of ours.",
    beside=(STANDARD, rule("All are questions", "update_type is Create", ("type", "question"))),
)
trigger(
    "Ours to the support form when it is about a product",
    "update_type is Create; subject_includes_word includes router switch",
    ("ticket_form_id", a.SUPPORT_FORM),
    harms="moves@new request",
    why="A subject may hold these words.",
)
trigger(
    "Reassign what Bot has",
    f"update_type is Change; assignee_id is {a.BOT}; role is agent",
    ("group_id", a.SUPPORT),
    harms="moves@our update",
    why="Any agent may have a ticket of ours.",
)
trigger(
    "Take the post tag off",
    "update_type is Change; current_tags includes escalation_post_to_assignment",
    ("remove_tags", "escalation_post_to_assignment"),
    harms="strips tags@agent's update",
    why="What the agent asked for may be missed.",
)
trigger(
    "Post solved texts",
    f"ticket_form_id is {a.FORM}; status value solved",
    ("notification_webhook", [a.OUR_HOOK, '{"event":"assignment.post","text":"{{ticket.latest_public_comment}}"}']),
    harms="posts@our update",
    why="Our last text is for the requester.",
)
trigger(
    "Internal comment when priority changes",
    "update_type is Change; priority changed",
    ("reply_internal", ["channel:all", "Priority changed."]),
    why="A note, and never on ours.",
)
trigger(
    "Public reply on bad words",
    "update_type is Change; comment_includes_word includes damn; role is end_user",
    ("reply_public", ["channel:all", "Please be kind."]),
    harms="mails twice@requester's update",
    why="A second text beside ours.",
)
trigger(
    "Suspend tickets of the support form",
    f"ticket_form_id is {a.SUPPORT_FORM}; comment_includes_word includes idiot",
    ("suspend_requester", "true"),
    why="Another form.",
)
trigger(
    "Ask the warehouse at each hold",
    "update_type is Change; status value hold",
    ("side_conversation", ["Parts?", "…", "parts@example.com"]),
    why="Once for each hold, and nobody is told anything of the case.",
)
