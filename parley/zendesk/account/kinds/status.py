"""Custom ticket statuses, each of which shows a state of a case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from config.zendesk_specs import StatusSpec
from connector.zendesk.account.setup import Resource
from parley.zendesk.account.model.kind import INACTIVE, AccountKind
from parley.zendesk.account.model.part import AccountPart, Payload, Sources


def _parts(sources: Sources) -> Iterator[AccountPart]:
    for spec in sources.spec.statuses:
        if spec.key not in sources.missing.plain:
            yield AccountPart("status", spec.key, spec.agent_label, _payload(spec, sources))


def _payload(spec: StatusSpec, sources: Sources) -> Payload:
    """A placeholder is written as the label itself: `raw_…` is only answered here."""
    told = sources.read_as(f"status.{spec.key}.description", spec.end_user_description)
    return {
        "status_category": spec.category,
        "agent_label": spec.agent_label,
        "end_user_label": sources.read_as(f"status.{spec.key}", spec.end_user_label),
        "description": spec.description,
        "end_user_description": told,
        "active": True,
    }


STATUS: Final = AccountKind(
    Resource("status", "custom_statuses", "custom_status", "agent_label", paged=False),
    "custom status",
    _parts,
    compared=(
        "agent_label",
        "status_category",
        "active",
        "end_user_label",
        "description",
        "end_user_description",
    ),
    translated=("end_user_label", "end_user_description"),
    texts=("end_user_label", "description", "end_user_description"),
    fixed=("status_category",),
    off=INACTIVE,
    deletable=False,
    listed_everywhere=False,
    shown_by_name=True,
)
