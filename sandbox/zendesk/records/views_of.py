"""Tickets, requests and jobs in the JSON that the API shows."""

from sandbox.zendesk.records import fields
from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.dynamic_content import fill
from sandbox.zendesk.records.records import Json, Ticket, stamp


def ticket_json(account: Account, ticket: Ticket) -> Json:
    custom = fields.shown(account, ticket)
    return {
        "id": ticket.id,
        "url": account.url(f"tickets/{ticket.id}"),
        "external_id": ticket.external_id,
        "via": ticket.via,
        "created_at": stamp(ticket.created_at),
        "updated_at": stamp(ticket.updated_at),
        "generated_timestamp": int(ticket.generated_at.timestamp()),
        "type": ticket.type,
        "subject": ticket.subject,
        "raw_subject": ticket.subject,
        "description": ticket.description,
        "priority": ticket.priority,
        "status": ticket.status,
        **_custom_status(account, ticket),
        "recipient": None,
        "requester_id": ticket.requester_id,
        "submitter_id": ticket.submitter_id,
        "assignee_id": ticket.assignee_id,
        "organization_id": None,
        "group_id": ticket.group_id,
        "collaborator_ids": [],
        "follower_ids": [],
        "email_cc_ids": [],
        "forum_topic_id": None,
        "problem_id": None,
        "has_incidents": False,
        "is_public": ticket.is_public,
        "due_at": None,
        "tags": list(ticket.tags),
        "custom_fields": custom,
        "fields": custom,
        "satisfaction_rating": None,
        "sharing_agreement_ids": [],
        "followup_ids": list(ticket.followup_ids),
        "ticket_form_id": ticket.form_id,
        "brand_id": 1,
        "allow_channelback": False,
        "allow_attachments": True,
        "from_messaging_channel": False,
    }


def _custom_status(account: Account, ticket: Ticket) -> Json:
    """An account without custom statuses has `status` only."""
    return {"custom_status_id": ticket.custom_status_id} if account.features.custom_statuses else {}


def request_json(account: Account, ticket: Ticket) -> Json:
    """A ticket as its requester sees it: only the fields of the portal."""
    visible = {row["id"] for row in account.custom_fields() if row["visible_in_portal"]}
    requester = account.users.get(ticket.requester_id)
    locale = requester.locale if requester else None
    return {
        "id": ticket.id,
        "url": account.url(f"requests/{ticket.id}"),
        "subject": ticket.subject,
        "description": ticket.description,
        "status": ticket.status,
        **_custom_status(account, ticket),
        "custom_status_label": fill(account, account.shown_status(ticket).get("end_user_label"), locale),
        "priority": ticket.priority,
        "type": ticket.type,
        "requester_id": ticket.requester_id,
        "assignee_id": ticket.assignee_id,
        "group_id": ticket.group_id,
        "organization_id": None,
        "collaborator_ids": [],
        "email_cc_ids": [],
        "custom_fields": [row for row in fields.shown(account, ticket) if row["id"] in visible],
        "ticket_form_id": ticket.form_id,
        "followup_source_id": ticket.followup_source_id,
        "can_be_solved_by_me": ticket.status not in ("solved", "closed") and ticket.assignee_id is not None,
        "solved": ticket.status in ("solved", "closed"),
        "is_public": ticket.is_public,
        "due_at": None,
        "recipient": None,
        "via": ticket.via,
        "created_at": stamp(ticket.created_at),
        "updated_at": stamp(ticket.updated_at),
    }


def job_json(account: Account, kind: str) -> Json:
    """A job that is done already."""
    job_id = account.uuid().replace("-", "")
    return {
        "job_status": {
            "id": job_id,
            "job_type": kind,
            "url": account.url(f"job_statuses/{job_id}"),
            "total": 1,
            "progress": 1,
            "status": "completed",
            "message": "Completed",
            "results": [],
        }
    }
