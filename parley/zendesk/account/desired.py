"""What the account shall hold: the files of `config/zendesk/` as parts, in the order of their needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from config.zendesk import AccountSpec, MacroSpec
from connector.zendesk.account.setup import Kind, Subject, Thing
from escalation.policies.policy import Policy
from escalation.policies.texts import Texts
from parley.zendesk.account import payloads
from parley.zendesk.account.lesser import FULL, Lesser, fitted
from parley.zendesk.account.payloads import ONE, SHARED
from parley.zendesk.account.properties import ALLOWED
from parley.zendesk.account.refs import Ref

MacroText = Callable[[MacroSpec], str]
UNKNOWN_CONDITION = (
    "This account's triggers have no condition “{title}”, so the trigger “{name}” is left out. What it would tell "
    "is read every few minutes instead. Where the plan has no side conversations at all, agents write the direct "
    "messages of tiers 2 and 3 themselves; everything else works."
)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that shall exist. `key` is what the code calls it, `name` is how it is found again.

    `compared`: what stands in the place of the body where it is compared, since only that much of it is ours.
    `unsure`: why it can't be told what it shall be in this account; one that is there is left as it is.
    """

    kind: Kind
    key: str
    name: str
    body: Mapping[str, object]
    compared: Mapping[str, object] = field(default_factory=dict)
    unsure: str = ""

    @property
    def what(self) -> tuple[Kind, str]:
        return self.kind, self.key


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything that the parts are made of, besides what the account itself tells."""

    spec: AccountSpec
    texts: MacroText
    group: str
    public_url: str

    def parts(
        self, present: Sequence[Thing], subjects: Iterable[Subject], lesser: Lesser = FULL
    ) -> tuple[Part, ...]:
        """Every part that the account can have. `present`: its fields; `subjects`: what triggers may ask about."""
        return tuple(self._parts(present, tuple(subjects), lesser))

    def _parts(self, present: Sequence[Thing], subjects: Sequence[Subject], lesser: Lesser) -> Iterator[Part]:
        spec = fitted(self.spec, lesser)
        yield Part("group", ONE, self.group, {"name": self.group, "description": spec.group.description})
        for status in spec.statuses:
            yield Part("status", status.key, status.agent_label, payloads.status(status))
        for one in spec.fields:
            yield Part("field", one.key, one.title, payloads.field(one))
        form = payloads.form(spec.form, present, [one.key for one in spec.fields])
        ours = {
            "ticket_field_ids": [Ref("field", one.key) for one in spec.fields],
            ALLOWED: [Ref("status", key) for key in spec.form.statuses],
        }
        if lesser.shared_form:
            added = {"ticket_field_ids": [Ref("field", one.key, number=True) for one in spec.fields]}
            yield Part("form", SHARED, lesser.shared_form, added, ours)
        else:
            yield Part("form", ONE, spec.form.name, form, ours)
        for macro in spec.macros:
            yield Part("macro", macro.key, macro.name, payloads.macro(macro, self.texts(macro), lesser.plain))
        for webhook in spec.webhooks:
            yield Part("webhook", webhook.key, webhook.name, payloads.webhook(webhook, self.public_url))
        yield Part("category", ONE, spec.trigger_category, {"name": spec.trigger_category})
        for trigger in spec.triggers:
            found = payloads.discovered(trigger, subjects)
            unsure = ""
            if trigger.discovered is not None and not found:
                unsure = UNKNOWN_CONDITION.format(title=trigger.discovered.title, name=trigger.title)
            yield Part("trigger", trigger.key, trigger.title, payloads.trigger(trigger, found), unsure=unsure)
        for automation in spec.automations:
            yield Part("automation", automation.key, automation.title, payloads.automation(automation))
        for view in spec.views:
            yield Part("view", view.key, view.title, payloads.view(view))


def macro_texts(texts: Texts, policy: Policy) -> MacroText:
    """How a new macro's comment begins: our text, its gaps filled from the policy."""

    def comment(spec: MacroSpec) -> str:
        gaps = {name: str(getattr(policy, key)) for name, key in (spec.gaps or {}).items()}
        return texts.render(spec.comment, **gaps) if spec.comment else ""

    return comment


def wanted_by(spec: AccountSpec, policy: Policy, public_url: str) -> Wanted:
    """What a deployment wants of its account."""
    return Wanted(spec, macro_texts(policy.texts, policy), policy.agents_group, public_url)
