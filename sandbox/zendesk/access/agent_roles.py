"""What an agent who is no admin may not do: change what all share, read what webhooks sign with, or export tickets.

Zendesk documents admins for fields, forms, statuses and groups. Rules, macros, views and webhooks take an admin or
a custom role that allows them, of which the stand-in has none; a plain agent's are personal, which ours are not:
https://developer.zendesk.com/api-reference/ticketing/account-configuration/custom_roles/
That nobody else may read a signing secret is not documented; Zendesk may be kinder. The incremental export of
tickets is for admins only:
https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/
Of apps an agent may list the installations, and no more:
https://developer.zendesk.com/api-reference/ticketing/apps/apps/
"""

from sandbox.shared.http import ApiRequest
from sandbox.zendesk.records.errors import forbidden
from sandbox.zendesk.records.records import User

_SETTINGS = frozenset(
    {
        "groups",
        "triggers",
        "trigger_categories",
        "automations",
        "macros",
        "views",
        "webhooks",
        "ticket_fields",
        "ticket_forms",
        "custom_statuses",
    }
)


def check_role(user: User, request: ApiRequest, path: str) -> None:
    """Raises 403 for a call that takes an admin."""
    if user.role == "admin":
        return
    reads = request.method == "GET" and not path.endswith("/signing_secret")
    kind = path.partition("/")[0]
    if kind == "incremental" or (kind in _SETTINGS and not reads):
        raise forbidden()
    if kind == "apps" and not (request.method == "GET" and path.startswith("apps/installations")):
        raise forbidden()
