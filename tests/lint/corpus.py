"""Rules as accounts have them, each with what it would do to our tickets and why; nothing for the harmless.

A rule is judged in an account that has the standard mailer and, where it needs one, a companion named in `beside`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from parley.zendesk.lint import BusinessRule, read_rule
from parley.zendesk.lint.facts.business_rules import RuleKind
from tests.lint import account as a

Triple = tuple[str, str, object]
MAIL = ("notification_user", ["requester_and_ccs", "Re: {{ticket.title}}", "{{ticket.comments_formatted}}"])
REQUESTER_ONLY = ("notification_user", ["requester_id", "Re: {{ticket.title}}", "Hello"])
TO_ASSIGNEE = ("notification_user", ["assignee_id", "[{{ticket.id}}]", "Look at this"])
TO_GROUP = ("notification_group", ["group_id", "[{{ticket.id}}]", "Look at this"])
EVENT = '{"event":"ticket.changed","ticket_id":"{{ticket.id}}"}'
POST = '{"event":"assignment.post","ticket_id":"{{ticket.id}}","text":"Any news?"}'
CREATED: Triple = ("update_type", "is", "Create")
UPDATED: Triple = ("update_type", "is", "Change")
PUBLIC: Triple = ("comment_is_public", "is", "true")
AGENT: Triple = ("role", "is", "agent")
END_USER: Triple = ("role", "is", "end_user")
UNSOLVED: Triple = ("status", "less_than", "solved")
ON_FORM: Triple = ("ticket_form_id", "is", a.FORM)


@dataclass(frozen=True)
class Sample:
    """A rule, the harms it does (none: harmless), and the reason for saying so."""

    rule: BusinessRule
    harms: frozenset[str]
    because: str
    beside: tuple[BusinessRule, ...] = ()


def _row(triple: Triple) -> dict[str, object]:
    return dict(zip(("field", "operator", "value"), triple, strict=True))


class Corpus(list[Sample]):
    def add(
        self,
        kind: RuleKind,
        title: str,
        every: list[Triple],
        actions: list[tuple[str, object]],
        harms: str,
        because: str,
        *,
        some: tuple[Triple, ...] = (),
        beside: tuple[BusinessRule, ...] = (),
        **more: Any,
    ) -> BusinessRule:
        raw = {
            "id": 1_000 + len(self),
            "title": title,
            "position": 100 + len(self),
            "conditions": {"all": [_row(one) for one in every], "any": [_row(one) for one in some]},
            "actions": [{"field": name, "value": value} for name, value in actions],
            **more,
        }
        rule = read_rule(kind, raw)
        known = frozenset(one.strip() for one in harms.split(",") if one.strip())
        self.append(Sample(rule, known, because, beside))
        return rule

    def trigger(self, title: str, *given: Any, **more: Any) -> BusinessRule:
        return self.add("trigger", title, *given, **more)

    def automation(self, title: str, *given: Any, **more: Any) -> BusinessRule:
        return self.add("automation", title, *given, **more)


CORPUS = Corpus()
trigger, automation = CORPUS.trigger, CORPUS.automation

# ---- Automations that close and solve -----------------------------------------------------------------------

automation(
    "Close ticket 4 days after status is set to solved",
    [("status", "is", "solved"), ("SOLVED", "greater_than", "96")],
    [("status", "closed")],
    "",
    "The account's normal end; a reply after it becomes a follow-up, which is adopted.",
    default=True,
)
automation(
    "Close solved tickets after 28 days",
    [("SOLVED", "greater_than", 672), ("group_id", "is_not", "")],
    [("status", "closed")],
    "",
    "As the standard one, later; it names no status, but hours since solved are about solved tickets.",
)
automation(
    "Housekeeping: close what nobody touched since solving",
    [("status", "is", "solved"), ("updated_at", "greater_than", "120")],
    [("status", "closed"), ("current_tags", "auto_closed")],
    "",
    "Five days after the last update of a solved ticket.",
)
automation(
    "Solve pending after 5 days",
    [("status", "is", "pending"), ("PENDING", "greater_than", "120")],
    [("status", "solved")],
    "closes",
    "Waiting on requester lasts ten business days.",
)
automation(
    "Bump bump solve",
    [
        ("PENDING", "greater_than_business_hours", "72"),
        ("status", "is", "pending"),
        ("current_tags", "includes", "bump_2"),
    ],
    [("status", "solved"), MAIL],
    "closes, mails twice",
    "Agents add tags by hand, so a ticket of ours may have this one; it solves and writes besides.",
)
automation(
    "On-hold tickets are solved after 30 days",
    [("status", "is", "hold"), ("HOLD", "greater_than", "720")],
    [("status", "solved"), ("current_tags", "auto_solved_hold")],
    "closes",
    "The month of the last tier may be longer.",
)
automation(
    "Auto-solve inactive tickets",
    [("status", "less_than", "solved"), ("updated_at", "greater_than", "336")],
    [("status", "solved"), ("current_tags", "auto_solved")],
    "closes",
    "A paused case, or one that waits for its date, may be quiet for longer.",
)
automation(
    "Close pending tickets for good",
    [("status", "is", "pending"), ("PENDING", "greater_than", "480")],
    [("status", "closed")],
    "closes",
    "Closing is worse than solving.",
)
automation(
    "No answer from customer: close as not eligible",
    [ON_FORM, ("status", "is", "pending"), ("PENDING", "greater_than", "48")],
    [("custom_status_id", "37")],
    "closes",
    "A status of the solved category ends the case.",
)
automation(
    "Close solved surveys quickly",
    [("status", "is", "solved"), ("SOLVED", "greater_than", "1")],
    [("status", "closed")],
    "closes",
    "An hour is no time to reply to the last text.",
)
automation(
    "Close solved tickets of the Billing group after 1 hour",
    [("status", "is", "solved"), ("SOLVED", "greater_than", "1"), ("group_id", "is", a.BILLING)],
    [("status", "closed")],
    "",
    "Another group's tickets.",
)
automation(
    "Billing: solve pending after 3 days",
    [("ticket_form_id", "is", a.BILLING_FORM), ("status", "is", "pending"), ("PENDING", "is", "72")],
    [("status", "solved"), REQUESTER_ONLY],
    "",
    "Another form.",
)
automation(
    "Chats: solve pending after 24 hours",
    [("via_id", "is", "29"), ("status", "is", "pending"), ("PENDING", "greater_than", "24")],
    [("status", "solved")],
    "",
    "Requests of the form don't come by chat.",
)
automation(
    "Voicemails: solve after a week",
    [("status", "less_than", "solved"), ("NEW", "greater_than", "168")],
    [("status", "solved")],
    "",
    "Phone channels only.",
    some=(("via_id", "is", "33"), ("via_id", "is", "34"), ("via_id", "is", "35")),
)
automation(
    "Tickets older than 60 days",
    [("NEW", "greater_than", "1440"), ("status", "is_not", "solved"), ("status", "is_not", "closed")],
    [("status", "solved"), ("remove_tags", "vip")],
    "closes",
    "Hours since created: a case may well be that old.",
)
automation(
    "Solve incidents linked to solved problems",
    [("type", "is", "incident"), ("status", "less_than", "solved"), ("updated_at", "greater_than", "72")],
    [("status", "solved")],
    "closes",
    "An agent may set the type of any ticket.",
)
automation(
    "Solve refund requests once paid",
    [(f"custom_fields_{a.REFUND}", "present", None), ("status", "is", "hold"), ("HOLD", "greater_than", "24")],
    [("status", "solved")],
    "",
    "A field that our form doesn't have.",
)
automation(
    "Router tickets: solve after 3 days on hold",
    [("current_tags", "includes", "product_router"), ("status", "is", "hold"), ("HOLD", "is", "72")],
    [("status", "solved")],
    "",
    "The tag is an option of a field that our form doesn't have.",
)
automation(
    "Other brand: solve pending",
    [("brand_id", "is", a.OTHER_BRAND), ("status", "is", "pending"), ("PENDING", "greater_than", "72")],
    [("status", "solved")],
    "",
    "Our form isn't offered in that brand.",
)
automation(
    "Wait for vendor: solve after 14 days",
    [("custom_status_id", "includes", ["91"]), ("status", "is", "hold"), ("HOLD", "greater_than", "336")],
    [("status", "solved")],
    "",
    "A status that tickets of our form can't have.",
)
automation(
    "Solve after 2 weeks unless on our form",
    [("ticket_form_id", "is_not", a.FORM), ("status", "is", "pending"), ("PENDING", "greater_than", "336")],
    [("status", "solved")],
    "",
    "The form is left out by name.",
)
automation(
    "Partner organisation: solve pending after 24 hours",
    [("organization_id", "is", "8001"), ("status", "is", "pending"), ("PENDING", "greater_than", "24")],
    [("status", "solved")],
    "closes",
    "A client who escalates may belong to any organisation.",
)

automation(
    "Close solved after two business days",
    [("status", "is", "solved"), ("SOLVED", "greater_than_business_hours", "16")],
    [("status", "closed")],
    "",
    "Sixteen business hours are two days.",
)
automation(
    "Quiet tickets become Abandoned",
    [("status", "is", "pending"), ("PENDING", "is", "72")],
    [("custom_status_id", "92")],
    "closes",
    "A status of another form, but a solved one.",
)
automation(
    "Delete abandoned tickets",
    [("status", "less_than", "solved"), ("updated_at", "greater_than", "2000")],
    [("status", "deleted")],
    "hides",
    "Deleted is gone.",
)
# ---- Triggers that close and solve ---------------------------------------------------------------------------

trigger(
    "Out of office: solve auto-replies",
    [CREATED, ("subject_includes_word", "includes", "out of office automatic reply")],
    [("status", "solved"), ("current_tags", "ooo")],
    "closes",
    "A requester's subject may hold these words.",
)
trigger(
    "Customer says thanks: solve",
    [UPDATED, END_USER, ("comment_includes_word", "is", "thank you")],
    [("status", "solved")],
    "closes",
    "Thanks for a tier's text would end the case.",
)
trigger(
    "Close at once when solved with tag no_survey",
    [("status", "value", "solved"), ("current_tags", "includes", "no_survey")],
    [("status", "closed")],
    "closes",
    "No time for a reply, and an agent may add the tag.",
)
trigger(
    "Facebook: solve likes",
    [CREATED, ("via_id", "is", 38)],
    [("status", "solved")],
    "",
    "Social channels fill in no form.",
)
trigger(
    "Spam box ticked: solve",
    [UPDATED, (f"custom_fields_{a.SPAM_BOX}", "is", "true")],
    [("status", "solved")],
    "",
    "The box isn't on our form.",
)
trigger(
    "Merged tickets are closed",
    [UPDATED, ("status", "is", "closed"), ("current_tags", "includes", "closed_by_merge")],
    [("current_tags", "merged")],
    "",
    "It adds a tag to what is closed.",
)
trigger(
    "Solve out-of-scope requests",
    [CREATED, ("priority", "is", "low"), ("current_tags", "not_includes", "vip escalation_signed_x")],
    [("status", "solved")],
    "closes",
    "Nothing keeps a request of ours from being of low priority.",
)

# ---- Mails to the requester -----------------------------------------------------------------------------------

trigger(
    "Notify requester and CCs of received request",
    [CREATED, ("status", "is_not", "solved"), ("ticket_is_public", "is", "public"), PUBLIC, END_USER],
    [MAIL],
    "mails twice",
    "The acknowledgement, seconds before our first answer.",
    default=True,
)
trigger(
    "Notify requester of new proactive ticket",
    [CREATED, ("ticket_is_public", "is", "public"), AGENT],
    [MAIL],
    "mails twice",
    "We make tickets too, and answer them within a minute.",
    default=True,
)
trigger(
    "Acknowledge every form but Billing",
    [CREATED, ("ticket_form_id", "is_not", a.BILLING_FORM)],
    [REQUESTER_ONLY],
    "mails twice",
    "Ours is one of the others.",
)
trigger(
    "Acknowledge Billing requests",
    [CREATED, ("ticket_form_id", "is", a.BILLING_FORM)],
    [REQUESTER_ONLY],
    "",
    "Another form.",
)
trigger(
    "Out of hours auto-reply",
    [CREATED, ("in_business_hours", "is", "false")],
    [REQUESTER_ONLY],
    "mails twice",
    "An acknowledgement by night.",
)
trigger(
    "Acknowledge by web form or e-mail",
    [CREATED],
    [("notification_user", ["current_user", "We got it", "Thank you"])],
    "mails twice",
    "The current user of a new request is its requester.",
    some=(("via_id", "is", "0"), ("via_id", "is", "4")),
)
trigger(
    "WhatsApp greeting",
    [CREATED, ("via_id", "is", "73")],
    [REQUESTER_ONLY],
    "",
    "Messaging channels fill in no form.",
)
trigger(
    "Notify requester of solved request",
    [("status", "value", "solved")],
    [REQUESTER_ONLY],
    "mails twice",
    "Our last text is mailed already, with the update that solves.",
)
trigger(
    "Your ticket is on hold",
    [UPDATED, ("status", "changed", None), ("status", "is", "hold")],
    [REQUESTER_ONLY],
    "mails twice",
    "A tier begins with a text of its own.",
)
trigger(
    "Copy of Notify requester and CCs of comment update",
    [UPDATED, PUBLIC],
    [MAIL],
    "mails twice",
    "Two triggers mail the same comment.",
)
trigger(
    "Notify requester of agent comments, new template",
    [UPDATED, PUBLIC, AGENT, ("current_tags", "not_includes", "old_template")],
    [MAIL],
    "mails twice",
    "The standard trigger mails the same comment.",
)
trigger(
    "Mail CCs and requester, except comments made by the API",
    [UPDATED, PUBLIC, AGENT, ("current_via_id", "is_not", "5")],
    [MAIL],
    "",
    "We write through the API, so it is not about our comments; an agent's are not ours to judge.",
)
trigger(
    "Mail the requester when Bob comments",
    [UPDATED, PUBLIC, ("role", "is", "4711")],
    [MAIL],
    "",
    "Another user's comments.",
)
trigger(
    "Notify requester unless Parley wrote",
    [UPDATED, PUBLIC, ("role", "is_not", a.PARLEY), AGENT],
    [MAIL],
    "",
    "Ours are left out by name.",
)
trigger(
    "Thank you for your reply",
    [UPDATED, PUBLIC, END_USER],
    [REQUESTER_ONLY],
    "mails twice",
    "A reply that we wait for is answered within seconds.",
)
trigger(
    "Text message on every update",
    [UPDATED, ("comment_is_public", "is", "requester_can_see_comment"), AGENT],
    [("notification_sms_user", ["requester_id", "555", "See your ticket"])],
    "mails twice",
    "A second message beside the mail.",
)
trigger(
    "Autoreply with articles",
    [CREATED, END_USER, ("via_id", "is_not", "5")],
    [("deflection", ["requester_id", "Maybe these help", "…"])],
    "mails twice",
    "An acknowledgement with articles.",
)
trigger(
    "Public reply when assigned",
    [UPDATED, ("assignee_id", "changed", None), ("assignee_id", "is_not", "")],
    [("reply_public", ["channel:all", "Your request has an agent now."])],
    "mails twice",
    "When we solve we assign, and comment in the same update.",
)
automation(
    "Pending reminder 48 hours",
    [("status", "is", "pending"), ("PENDING", "is", "48")],
    [REQUESTER_ONLY, ("current_tags", "pending_reminder")],
    "mails twice",
    "We remind by ourselves after 48 business hours.",
)
automation(
    "Sorry for the delay",
    [
        ("status", "less_than", "pending"),
        ("requester_updated_at", "greater_than", "24"),
        ("current_tags", "not_includes", "sorry"),
    ],
    [REQUESTER_ONLY, ("current_tags", "sorry")],
    "mails twice",
    "Needs review is an open state with updates of its own.",
)
automation(
    "Request customer satisfaction rating (System Automation)",
    [("status", "is", "solved"), ("SOLVED", "is", "24"), ("satisfaction_score", "is", "unoffered")],
    [("satisfaction_score", "offered"), REQUESTER_ONLY],
    "",
    "After the end, when nothing of ours is sent.",
    default=True,
)
automation(
    "IT: remind of pending",
    [("group_id", "is", a.IT), ("status", "is", "pending"), ("PENDING", "is", "24")],
    [REQUESTER_ONLY],
    "",
    "Another group's tickets.",
)

# ---- Loops ----------------------------------------------------------------------------------------------------

trigger(
    "Agent answered: set pending",
    [UPDATED, PUBLIC, AGENT, UNSOLVED],
    [("status", "pending")],
    "loop",
    "Our public updates set a status of ours, and this one replaces it.",
)
trigger(
    "Any comment: back to open",
    [UPDATED, ("comment_is_public", "is", "not_relevant")],
    [("status", "open")],
    "loop",
    "It opens again what our own update has put on hold.",
)
trigger(
    "Requester replied: open",
    [UPDATED, PUBLIC, END_USER, ("status", "is", "pending")],
    [("status", "open")],
    "",
    "Zendesk does so by itself.",
)
trigger(
    "Requester replied (old way): open",
    [UPDATED, ("requester_id", "is", "current_user")],
    [("custom_status_id", "22")],
    "",
    "We are never the requester.",
)
trigger(
    "Agent touched a new ticket: open",
    [UPDATED, AGENT, ("status", "is", "new")],
    [("status", "open")],
    "",
    "Nothing that we set is new.",
)
trigger(
    "Reopen solved by integrations",
    [("status", "value", "solved"), ("role", "is", a.PARLEY)],
    [("status", "open")],
    "loop",
    "It opens again whatever we solve.",
)
trigger(
    "Post every update to the assignment",
    [ON_FORM, UPDATED],
    [("current_tags", "escalation_post_to_assignment")],
    "loop",
    "We take the tag off in an update, on which it is added again.",
)
trigger(
    "Post the agent's comments to the assignment",
    [ON_FORM, UPDATED, PUBLIC, AGENT, ("role", "is_not", a.PARLEY)],
    [("current_tags", "escalation_post_to_assignment")],
    "posts",
    "Every answer to the requester is shown to the other side.",
)
trigger(
    "Pause while the client is closed",
    [ON_FORM, ("in_business_hours", "is", "false")],
    [("current_tags", "escalation_pause")],
    "loop",
    "The tag comes back on the update that takes it off.",
)
trigger(
    "Pause what is created by night",
    [ON_FORM, CREATED, ("in_business_hours", "is", "false")],
    [("current_tags", "escalation_pause")],
    "",
    "Once, when the ticket is made: the tag that we take off stays off.",
)
trigger(
    "Escalation: a ticket changed (copy)",
    [ON_FORM, UPDATED],
    [("notification_webhook", [a.OUR_WEBHOOK, EVENT])],
    "loop",
    "A copy of our own trigger, beside it.",
    category_id="77",
)
trigger(
    "Escalation: a ticket changed",
    [UPDATED],
    [("notification_webhook", [a.OUR_WEBHOOK, EVENT])],
    "loop",
    "Our own trigger with its condition on the form taken away.",
    category_id="77",
)
trigger(
    "Escalation: a ticket changed",
    [("update_type", "is", "Change"), ("ticket_form_id", "is", a.FORM)],
    [("notification_webhook", [a.OUR_WEBHOOK, EVENT])],
    "",
    "Our own, its conditions in another order.",
    category_id="77",
)
trigger(
    "Post the last comment when put on hold",
    [ON_FORM, UPDATED, ("status", "value", "hold")],
    [("notification_webhook", [a.OUR_WEBHOOK, POST.replace("Any news?", "{{ticket.latest_public_comment}}")])],
    "posts",
    "We put tickets on hold, and the comment is ours then.",
)
trigger(
    "Ask for news when put on hold",
    [ON_FORM, UPDATED, ("status", "value", "hold")],
    [("notification_webhook", [a.OUR_WEBHOOK, POST])],
    "",
    "The same words each time: what the event is there for.",
)
trigger(
    "Tell Parley when a customer writes",
    [ON_FORM, UPDATED, END_USER],
    [("notification_webhook", [a.OUR_WEBHOOK, EVENT])],
    "",
    "One look more, and not on our own updates.",
)
trigger(
    "Slack: every update of an escalation",
    [ON_FORM, UPDATED],
    [("notification_webhook", [a.SLACK, '{"text":"{{ticket.id}}"}'])],
    "",
    "It tells somebody else.",
)
trigger(
    "Ask finance on every update",
    [UPDATED, ("status", "less_than", "solved")],
    [
        (
            "side_conversation_ticket",
            ["Please check", "…", f"SupportAssignable:support_assignable/group/{a.BILLING}"],
        )
    ],
    "loop",
    "Each side conversation is an update itself.",
)
trigger(
    "Ask finance once",
    [UPDATED, UNSOLVED, ("current_tags", "not_includes", "finance_asked")],
    [("side_conversation_ticket", ["Please check", "…"]), ("current_tags", "finance_asked")],
    "",
    "Its own tag keeps it from a second time.",
)
automation(
    "Nudge the client on the assignment",
    [ON_FORM, ("status", "is", "hold"), ("HOLD", "greater_than", "72")],
    [("notification_webhook", [a.OUR_WEBHOOK, POST])],
    "loop",
    "It asks for a post every hour.",
)
automation(
    "Nudge the client on the assignment, once",
    [ON_FORM, ("status", "is", "hold"), ("HOLD", "is", "72")],
    [("notification_webhook", [a.OUR_WEBHOOK, POST])],
    "",
    "At one hour only: what the event is there for.",
)

# ---- Tags and fields ------------------------------------------------------------------------------------------

trigger(
    "Clean slate: reset tags on new tickets",
    [CREATED],
    [("set_tags", "new_ticket")],
    "strips tags",
    "The answers of the form go with their tags.",
)
trigger(
    "Remove working tags when solved",
    [("status", "is", "solved")],
    [("remove_tags", "in_progress escalation_pause waiting")],
    "strips tags",
    "One of the three is ours.",
)
trigger(
    "Remove tier tags on reply",
    [UPDATED, END_USER],
    [("remove_tags", "escalation_tier_1 escalation_tier_2 escalation_tier_3")],
    "strips tags",
    "The tier field loses its value.",
)
trigger(
    "Remove bot tags",
    [UPDATED, AGENT],
    [("remove_tags", "bot_handled bot_unsure")],
    "",
    "None of them is ours.",
)
trigger(
    "Billing: reset tags",
    [("ticket_form_id", "is", a.BILLING_FORM), UPDATED],
    [("set_tags", "billing")],
    "",
    "Another form.",
)
trigger(
    "Everyone who writes here is a client",
    [ON_FORM, CREATED],
    [(f"custom_fields_{a.PARTY}", "escalation_party_client")],
    "strips tags",
    "It replaces the requester's own answer.",
)
trigger(
    "Party is empty: worker",
    [ON_FORM, CREATED, (f"custom_fields_{a.PARTY}", "not_present", None)],
    [(f"custom_fields_{a.PARTY}", "escalation_party_worker")],
    "",
    "It fills in what is empty.",
)
trigger(
    "Keep the tier at 1",
    [ON_FORM, UPDATED],
    [(f"custom_fields_{a.TIER}", "escalation_tier_1")],
    "strips tags",
    "It replaces the tier that our own update sets.",
)
automation(
    "Straight to tier 3 after two weeks",
    [ON_FORM, ("status", "is", "hold"), ("HOLD", "is", "336")],
    [(f"custom_fields_{a.TIER}", "escalation_tier_3")],
    "speaks for agents",
    "An automation is believed as an agent is: it moves a case that waits for its date, too.",
)
trigger(
    "Project manager of Acme",
    [ON_FORM, ("organization_id", "is", "8002")],
    [(f"custom_fields_{a.PM_MAIL}", "pam@acme.example")],
    "speaks for agents",
    "On each update it takes back what an agent has corrected.",
)
trigger(
    "VIP tag",
    [CREATED, ("organization_id", "is", "8003")],
    [("current_tags", "vip"), ("priority", "urgent")],
    "",
    "A tag and a priority hurt nobody.",
)

# ---- Forms, groups, brands, people ----------------------------------------------------------------------------

trigger(
    "Invoices belong to the Billing form",
    [CREATED, ("subject_includes_word", "includes", "invoice payment refund")],
    [("ticket_form_id", a.BILLING_FORM), ("group_id", a.BILLING)],
    "moves",
    "A request about a payment will say so in its subject.",
)
trigger(
    "Route new tickets to IT",
    [CREATED],
    [("group_id", a.IT)],
    "moves",
    "Nothing brings our tickets back.",
)
trigger(
    "Route escalations to their group",
    [ON_FORM, CREATED],
    [("group_id", a.OUR_GROUP)],
    "",
    "Where they belong.",
)
ROUTING = CORPUS[-1].rule
trigger(
    "Route new tickets to IT before escalations are routed",
    [CREATED],
    [("group_id", a.IT)],
    "",
    "The trigger for our form runs after it and has the last word.",
    beside=(ROUTING,),
    position=5,
)
trigger(
    "Whatever has no group goes to IT",
    [CREATED, ("group_id", "is", "")],
    [("group_id", a.IT)],
    "",
    "Ours has one by then.",
    beside=(ROUTING,),
    position=500,
)
trigger(
    "Urgent tickets to IT",
    [UPDATED, ("priority", "is", "urgent")],
    [("group_id", a.IT)],
    "moves",
    "Any ticket can be made urgent.",
)
trigger(
    "Take the group away from solved tickets",
    [("status", "is", "solved")],
    [("group_id", "")],
    "moves",
    "A reply after the end would come back to nobody.",
)
trigger(
    "Billing group: pass on to IT",
    [("group_id", "is", a.BILLING), UPDATED],
    [("group_id", a.IT)],
    "",
    "Another group's tickets.",
)
trigger(
    "Refund over the limit: Billing",
    [(f"custom_fields_{a.COST_CENTRE}", "is", "cc_42")],
    [("group_id", a.BILLING)],
    "",
    "A field that our form doesn't have.",
)
trigger(
    "Other brand by subject",
    [CREATED, ("subject_includes_word", "includes", "marketplace")],
    [("brand_id", a.OTHER_BRAND)],
    "moves",
    "Our form isn't offered there.",
)
automation(
    "Stale tickets to the night shift",
    [("status", "less_than", "solved"), ("updated_at", "greater_than", "48")],
    [("group_id", a.IT)],
    "moves",
    "A case is quiet for longer than that.",
)
trigger(
    "Assign to first responder",
    [UPDATED, PUBLIC, AGENT, ("assignee_id", "is", "")],
    [("assignee_id", "current_user")],
    "moves",
    "The first to respond is Parley's own user.",
)
trigger(
    "Auto-assign to first email responding agent",
    [UPDATED, ("current_via_id", "is", "4"), ("assignee_id", "is", ""), ("role", "is_not", "end_user")],
    [("assignee_id", "current_user")],
    "",
    "We don't write by e-mail.",
)
trigger(
    "Agents who are their own requesters",
    [CREATED, AGENT, ("requester_id", "is", "current_user")],
    [("group_id", a.IT)],
    "",
    "Our requesters are end users.",
)

# ---- Out of sight ---------------------------------------------------------------------------------------------

trigger(
    "Suspend senders of bad words",
    [CREATED, ("comment_includes_word", "includes", "scam fraud")],
    [("suspend_requester", "true")],
    "hides",
    "People in a dispute use such words.",
)
automation(
    "Delete old pending tickets",
    [("status", "is", "pending"), ("updated_at", "greater_than", "1000")],
    [("delete_ticket", "")],
    "hides",
    "Deleted is gone.",
)
trigger(
    "Make comments with card numbers private",
    [UPDATED, ("comment_includes_word", "includes", "visa")],
    [("comment_mode_is_public", "false")],
    "hides",
    "What we have told the requester would be hidden from them.",
)
automation(
    "Purge chats",
    [("via_id", "is", "29"), ("status", "is", "solved"), ("SOLVED", "greater_than", "720")],
    [("delete_ticket", "")],
    "",
    "Requests of the form don't come by chat.",
)

# ---- Harmless everyday rules ----------------------------------------------------------------------------------

trigger(
    "Notify assignee of comment update",
    [
        ("comment_is_public", "is", "not_relevant"),
        ("assignee_id", "is_not", "current_user"),
        ("assignee_id", "is_not", "requester_id"),
        ("assignee_id", "not_changed", None),
        ("status", "not_value_previous", "solved"),
    ],
    [TO_ASSIGNEE],
    "",
    "It mails an agent.",
    default=True,
)
trigger(
    "Notify all agents of received request",
    [CREATED],
    [("notification_user", ["all_agents", "New", "…"])],
    "",
    "It mails agents.",
)
trigger(
    "Notify group of assignment",
    [("group_id", "is_not", ""), ("assignee_id", "is", "")],
    [TO_GROUP],
    "",
    "It mails a group.",
    some=(("group_id", "changed", None), ("assignee_id", "changed", None)),
)
trigger(
    "Set tickets with no priority to normal",
    [CREATED, ("priority", "is", "")],
    [("priority", "normal")],
    "",
    "A priority hurts nobody.",
)
trigger("Tag e-mails", [CREATED, ("via_id", "is", "4")], [("current_tags", "by_email")], "", "A tag more.")
trigger(
    "German speakers",
    [CREATED, ("locale_id", "is", "8")],
    [("locale_id", "8"), ("current_tags", "de")],
    "",
    "A language.",
)
automation(
    "Warn the group about waiting tickets",
    [("status", "is", "open"), ("OPEN", "greater_than", "48"), ("current_tags", "not_includes", "warned")],
    [TO_GROUP, ("current_tags", "warned")],
    "",
    "It mails a group.",
)
automation(
    "On hold for three days: open again",
    [("status", "is", "hold"), ("HOLD", "greater_than", "72")],
    [("status", "open")],
    "wrong status",
    "It no longer shows the tier that it is in.",
)
trigger(
    "Switched off: solve everything",
    [CREATED],
    [("status", "solved")],
    "",
    "It is switched off.",
    active=False,
)
trigger(
    "Impossible: solved and open",
    [("status", "is", "solved"), ("status", "is", "open")],
    [("status", "closed")],
    "",
    "No ticket is both.",
)
trigger(
    "Impossible: tag there and not there",
    [("current_tags", "includes", "gone"), ("current_tags", "not_includes", "gone stay")],
    [("set_tags", "fresh")],
    "",
    "No ticket has a tag and lacks it.",
)

# ---- One rule lets another fire -------------------------------------------------------------------------------

BUMP = trigger(
    "Mark chats for a bump",
    [CREATED, ("via_id", "is", "29")],
    [("current_tags", "chat_bump")],
    "",
    "Chats only.",
)
automation(
    "Bumped chats are solved",
    [("current_tags", "includes", "chat_bump"), ("status", "is", "pending"), ("PENDING", "greater_than", "4")],
    [("status", "solved")],
    "",
    "Only chats get the tag, and a rule gives it.",
    beside=(BUMP,),
)
MARK = trigger(
    "Mark long waits",
    [UPDATED, ("status", "is", "pending")],
    [("current_tags", "long_wait")],
    "",
    "A tag more.",
)
automation(
    "Long waits are solved",
    [("current_tags", "includes", "long_wait"), ("status", "is", "pending"), ("PENDING", "greater_than", "96")],
    [("status", "solved")],
    "closes",
    "Another rule gives our tickets the tag.",
    beside=(MARK,),
)
automation(
    "Cost centre set by a rule: solve",
    [(f"custom_fields_{a.COST_CENTRE}", "is", "cc_7"), ("status", "is", "pending"), ("PENDING", "is", "12")],
    [("status", "solved")],
    "closes",
    "Another rule fills in the field on every ticket.",
    beside=(
        read_rule(
            "trigger",
            {
                "id": 3,
                "title": "Cost centre",
                "conditions": {"all": [_row(CREATED)]},
                "actions": [{"field": f"custom_fields_{a.COST_CENTRE}", "value": "cc_7"}],
            },
        ),
    ),
)
CHATS = trigger(
    "Chats are to be solved soon",
    [CREATED, ("via_id", "is", "29")],
    [("current_tags", "solve_soon")],
    "",
    "Chats only.",
)
automation(
    "Solve soon",
    [("current_tags", "includes", "solve_soon"), ("status", "is", "pending"), ("PENDING", "is", "24")],
    [("status", "solved")],
    "closes",
    "A rule gives the tag to chats, but agents can by a macro.",
    beside=(CHATS,),
)
