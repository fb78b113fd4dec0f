"""What was not meant for them: internal notes told to the requester, texts posted on the assignment."""

from __future__ import annotations

from tests.lint.recipes import account as a
from tests.lint.recipes.recipe import Recipes, mail

NOTIFICATIONS = Recipes(201)
trigger, automation = NOTIFICATIONS.trigger, NOTIFICATIONS.automation


def event(text: str, name: str = "assignment.post") -> tuple[str, object]:
    body = f'{{"event":"{name}","ticket_id":"{{{{ticket.id}}}}","text":"{text}"}}'
    return "notification_webhook", [a.OUR_HOOK, body]


trigger(
    "Notify requester of every comment",
    "update_type is Change; comment_is_public is not_relevant; role is agent",
    mail("{{ticket.latest_comment_formatted}}"),
    harms="tells notes@our update, mails twice@our update",
    why="Internal notes are comments too.",
)
trigger(
    "Tell the requester of internal notes",
    "update_type is Change; comment_is_public is false",
    mail("{{ticket.latest_comment}}"),
    harms="tells notes@our update",
    why="That is what it says.",
)
trigger(
    "Tell requester and CCs of every comment",
    "update_type is Change; comment_is_public is false",
    mail("{{ticket.latest_comment}}", "requester_and_ccs"),
    why="Zendesk sends no mail to requester and CCs on an internal note.",
)
trigger(
    "Any update: mail the whole conversation",
    "update_type is Change; role is agent; status less_than solved",
    mail("{{ticket.comments_formatted}}"),
    harms="tells notes@our update, mails twice@our update",
    why="Nothing asks whether the comment is public.",
)
trigger(
    "Text message with the last comment",
    "update_type is Change; role is agent",
    ("notification_sms_user", ["requester_id", "555", "{{ticket.latest_comment}}"]),
    harms="tells notes@our update, mails twice@our update",
    why="An internal note may be the last comment.",
)
trigger(
    "Post notes in public",
    "update_type is Change; comment_is_public is false; role is agent",
    ("reply_public", ["channel:all", "{{ticket.latest_comment}}"]),
    harms="tells notes@our update, mails twice@our update",
    why="A public comment that quotes a note, and is mailed.",
)
trigger(
    "Internal notes: a polite word",
    "update_type is Change; comment_is_public is false; role is agent",
    mail("We are working on it."),
    harms="mails twice@our update",
    why="Each of our notes makes a mail that says nothing.",
)
trigger(
    "Agents' notes to the requester",
    f"update_type is Change; comment_is_public is false; role is agent; role is_not {a.PARLEY}",
    mail("{{ticket.latest_comment_html}}"),
    harms="tells notes@agent's update",
    why="What agents write among themselves.",
)
trigger(
    "Notes of the billing form",
    f"update_type is Change; comment_is_public is false; ticket_form_id is {a.BILLING_FORM}",
    mail("{{ticket.latest_comment}}"),
    why="Another form.",
)
trigger(
    "Notes to the assignee",
    "update_type is Change; comment_is_public is false",
    mail("{{ticket.latest_comment}}", "assignee_id"),
    why="An agent.",
)
trigger(
    "Notes to the group",
    "update_type is Change; comment_is_public is false",
    ("notification_group", ["group_id", "Note", "{{ticket.comments_formatted}}"]),
    why="Agents.",
)
trigger(
    "Notes to Slack",
    "update_type is Change; comment_is_public is not_relevant",
    ("notification_webhook", [a.SLACK, '{"text":"{{ticket.latest_comment}}"}']),
    why="A place where the team reads.",
)
automation(
    "Pending: the last word again",
    "status is pending; PENDING is 72",
    mail("{{ticket.latest_comment_formatted}}"),
    harms="tells notes@hour, mails twice@hour",
    why="The last comment may be an internal note.",
)
automation(
    "Pending: the last public word again",
    "status is pending; PENDING is 96",
    mail("{{ticket.latest_public_comment_formatted}}"),
    harms="mails twice@hour",
    why="Nothing internal, but a mail besides ours.",
)

# ---- On the assignment ----

trigger(
    "Post what agents answer",
    f"ticket_form_id is {a.FORM}; update_type is Change; comment_is_public is true; role is agent; "
    f"role is_not {a.PARLEY}",
    event("{{ticket.latest_public_comment}}"),
    harms="posts@agent's update",
    why="What an agent writes to the requester is not meant for the other side.",
)
trigger(
    "Post every comment",
    f"ticket_form_id is {a.FORM}; update_type is Change; comment_is_public is not_relevant",
    event("{{ticket.latest_comment}}"),
    harms="posts@our update",
    why="Our own texts and everybody's notes on the assignment.",
)
trigger(
    "Post what the requester writes",
    f"ticket_form_id is {a.FORM}; update_type is Change; role is end_user; comment_is_public is true",
    event("{{ticket.latest_public_comment}}"),
    harms="posts@requester's update",
    why="What the requester writes to us is not meant for the other side.",
)
trigger(
    "Post the description of a request",
    f"ticket_form_id is {a.FORM}; update_type is Create",
    event("{{ticket.description}}"),
    harms="posts@new request",
    why="A request is written for the desk.",
)
trigger(
    "Ask for news when agents say so",
    f"ticket_form_id is {a.FORM}; update_type is Change; current_tags includes ask_news; role is_not {a.PARLEY}",
    event("Are there any news?"),
    why="The same words each time: what the event is there for.",
)
automation(
    "Ask for news every hour",
    f"ticket_form_id is {a.FORM}; status is hold; HOLD greater_than 72",
    event("Are there any news?"),
    harms="loop@hour",
    why="It asks for the same post without end.",
)
automation(
    "Ask for news once",
    f"ticket_form_id is {a.FORM}; status is hold; HOLD is 72",
    event("Are there any news?"),
    why="At one hour.",
)
automation(
    "Post the last comment after a week",
    f"ticket_form_id is {a.FORM}; status is hold; HOLD is 168",
    event("{{ticket.latest_comment}}"),
    harms="posts@hour",
    why="The last comment may be a note, and is not meant for the other side.",
)
trigger(
    "Every answer of an agent is posted",
    f"ticket_form_id is {a.FORM}; update_type is Change; comment_is_public is true; role is agent; "
    f"role is_not {a.PARLEY}",
    ("current_tags", "escalation_post_to_assignment"),
    harms="posts@agent's update",
    why="The tag posts the comment of its update: each answer to the requester is shown to the other side.",
)
trigger(
    "Answers are posted where an agent has tagged the ticket",
    f"ticket_form_id is {a.FORM}; update_type is Change; comment_is_public is true; role is agent; "
    f"role is_not {a.PARLEY}; current_tags includes share_answers",
    ("current_tags", "escalation_post_to_assignment"),
    why="An agent has asked for it on that ticket.",
)
trigger(
    "Tell us of replies",
    f"ticket_form_id is {a.FORM}; update_type is Change; role is end_user",
    event("", "ticket.changed"),
    why="One look more.",
)
trigger(
    "Tell us of every update, twice",
    f"ticket_form_id is {a.FORM}; update_type is Change",
    event("", "ticket.changed"),
    harms="loop@our update",
    why="Beside our own trigger.",
)
trigger(
    "Tell Jira of every update",
    "update_type is Change",
    ("notification_webhook", [a.JIRA, '{"id":"{{ticket.id}}"}']),
    why="Somebody else.",
)

trigger(
    "Tell our own system what is on the ticket",
    "update_type is Change; ticket_form_id is " + a.FORM,
    ("notification_webhook", [a.SLACK, '{"key":"{{ticket.ticket_field_' + a.KEY + '}}"}']),
    harms="tells a key@our update",
    why="Whoever has the key can read the case with all that is for agents only.",
)
trigger(
    "Tell our own system the order",
    "update_type is Change; ticket_form_id is " + a.FORM,
    ("notification_webhook", [a.SLACK, '{"order":"{{ticket.ticket_field_' + a.ORDER + '}}"}']),
    why="Another field opens nothing.",
)
