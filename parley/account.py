"""`parley zendesk apply`: makes what the account lacks, finds the rest by name, changes nothing that is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from config.zendesk import AccountSpec, FieldSpec, MacroSpec, TriggerSpec, WebhookSpec
from connector.zendesk import AccountIds
from connector.zendesk.setup import Thing
from escalation.policy import Policy
from escalation.texts import Texts
from parley import account_payloads as payloads
from parley.account_ledger import AccountError, Ledger, Report, Setup
from parley.accounts import IDS, SECRETS

__all__ = ["AccountError", "Report", "Setup", "apply", "macro_texts"]

SWITCH_ON_STATUSES = (
    "Custom ticket statuses are switched off in this account. Switch them on in the Admin Center under "
    "Objects and rules > Tickets > Ticket statuses, then run this again."
)
SWITCH_ON_HOLD = (
    "The on-hold status is switched off in this account. Switch it on in the Admin Center under "
    "Objects and rules > Tickets > Ticket statuses (or Settings > On-hold tickets), then run this again."
)

Found = Mapping[str, Thing | None]
Save = Callable[[str, dict[str, object]], object]


def macro_texts(texts: Texts, policy: Policy) -> Callable[[MacroSpec], str]:
    """How a new macro's comment begins: our text, its gaps filled from the policy."""

    def comment(spec: MacroSpec) -> str:
        gaps = {name: str(getattr(policy, key)) for name, key in (spec.gaps or {}).items()}
        return texts.render(spec.comment, **gaps) if spec.comment else ""

    return comment


def apply(
    spec: AccountSpec,
    texts: Callable[[MacroSpec], str],
    setup: Setup,
    *,
    public_url: str,
    save: Save,
    progress: Callable[[str], object] = lambda _: None,
    dry_run: bool = False,
) -> Report:
    """Make what is missing, in the order in which parts need each other; dry, only read and report.

    May be run again after any crash: what was made is found by its name. `save` gets `ids` and `secrets`.
    Raises AccountError for what a person has to settle first, and the connector's errors.
    """
    if not public_url.startswith(("https://", "http://")):
        raise AccountError(
            "PUBLIC_URL is not set: Zendesk's webhooks need an address, e.g. https://parley.example.com."
        )
    ledger = Ledger(setup, progress, dry=dry_run)
    _check_features(setup)
    user = setup.own_user()
    statuses = {
        one.key: ledger.ensure("status", one.agent_label, partial(payloads.status, one)) for one in spec.statuses
    }
    fields = {one.key: _field(ledger, one) for one in spec.fields}
    form = _form(ledger, spec, fields)
    _form_statuses(ledger, form, statuses)
    macros = {one.key: _macro(ledger, one, texts, fields, statuses) for one in spec.macros}
    webhooks = {one.key: _webhook(ledger, one, public_url) for one in spec.webhooks}
    _save_secrets(ledger, webhooks, save)
    category = ledger.ensure("category", spec.trigger_category, lambda: {"name": spec.trigger_category})
    ids = AccountIds(
        form=_number(form),
        fields=_numbers(fields),
        statuses=_numbers(statuses),
        macros=_numbers(macros),
        category=category.id if category else "",
        webhooks={key: one.id for key, one in webhooks.items() if one is not None},
        user_id=user,
        categories={one.id: str(one.details.get("status_category")) for one in ledger.all("status")},
    ).to_json()
    if not dry_run:  # before the triggers, since what they send is understood by these ids only
        save(IDS, ids)
    triggers = {one.key: _trigger(ledger, one, form, category, webhooks) for one in spec.triggers}
    if not dry_run:
        save(IDS, {**ids, "triggers": _numbers(triggers)})
    return ledger.report


def _check_features(setup: Setup) -> None:
    features = setup.features()
    if not features.custom_statuses:
        raise AccountError(SWITCH_ON_STATUSES)
    if features.on_hold is False:
        raise AccountError(SWITCH_ON_HOLD)


def _field(ledger: Ledger, spec: FieldSpec) -> Thing | None:
    field = ledger.ensure("field", spec.title, partial(payloads.field, spec))
    if field is None:
        return None
    kind = field.details.get("type")
    if kind != spec.type:
        raise AccountError(
            f"The ticket field “{spec.title}” ({field.id}) is of the type {kind}, not {spec.type}. "
            "Rename it; a field's type can't be changed."
        )
    had = {
        str(one.get("value")) for one in field.details.get("custom_field_options") or () if isinstance(one, dict)
    }
    missing = [option for option in spec.options if option.tag not in had]
    if missing:
        for option in missing:
            ledger.note(f"option {option.tag} of {spec.title}")
        if not ledger.dry:
            ledger.setup.add_options(field, [{"name": one.label, "value": one.tag} for one in missing])
    return field


def _form(ledger: Ledger, spec: AccountSpec, fields: Found) -> Thing | None:
    ours = [field.id for field in fields.values() if field is not None]
    make = partial(payloads.form, spec.form.name, spec.form.system_fields, ledger.all("field"), ours)
    form = ledger.ensure("form", spec.form.name, make)
    if form is not None:
        held = {str(one) for one in form.details.get("ticket_field_ids") or ()}
        for key, field in fields.items():
            if field is not None and field.id not in held:
                ledger.warn(
                    f"The form “{spec.form.name}” lacks the field “{spec.field(key).title}”; add it in Zendesk."
                )
    return form


def _form_statuses(ledger: Ledger, form: Thing | None, statuses: Found) -> None:
    """A form without a list of statuses takes them all; one with a list gets ours added."""
    if form is None:
        return
    allowed = ledger.setup.form_statuses(form.id)
    missing = [one for one in statuses.values() if one is not None and allowed and one.id not in allowed]
    for one in missing:
        ledger.note(f"status {one.name} on the form {form.name}")
    if missing and not ledger.dry:
        ledger.setup.add_form_statuses(form.id, [one.id for one in missing])


def _macro(
    ledger: Ledger, spec: MacroSpec, texts: Callable[[MacroSpec], str], fields: Found, statuses: Found
) -> Thing | None:
    return ledger.ensure(
        "macro", spec.name, lambda: payloads.macro(spec, texts(spec), _ids(fields), _ids(statuses))
    )


def _webhook(ledger: Ledger, spec: WebhookSpec, public_url: str) -> Thing | None:
    webhook = ledger.ensure("webhook", spec.name, partial(payloads.webhook, spec, public_url))
    if webhook is not None and webhook.details.get("endpoint") != payloads.endpoint(spec, public_url):
        ledger.warn(
            f"The webhook “{spec.name}” ({webhook.id}) sends to {webhook.details.get('endpoint')}, "
            f"not to {payloads.endpoint(spec, public_url)}. Correct it in Zendesk, or PUBLIC_URL here."
        )
    return webhook


def _save_secrets(ledger: Ledger, webhooks: Found, save: Save) -> None:
    if ledger.dry:
        return
    secrets = {key: ledger.setup.signing_secret(one.id) for key, one in webhooks.items() if one is not None}
    save(SECRETS, dict(secrets))


def _trigger(
    ledger: Ledger, spec: TriggerSpec, form: Thing | None, category: Thing | None, webhooks: Found
) -> Thing | None:
    conditions: list[dict[str, str]] = []
    if spec.discovered is not None and ledger.find("trigger", spec.title) is None:
        conditions = payloads.discovered(spec, ledger.setup.subjects())
        if not conditions:
            ledger.warn(
                f"This account's triggers have no condition “{spec.discovered.title}”, so the trigger "
                f"“{spec.title}” was left out. Side conversations are read every few minutes instead."
            )
            return None

    def payload() -> payloads.Payload:
        webhook = webhooks[spec.webhook]
        assert form is not None and category is not None and webhook is not None  # noqa: S101 -- None only when dry
        return payloads.trigger(spec, form.id, category.id, webhook.id, conditions)

    return ledger.ensure("trigger", spec.title, payload)


def _ids(things: Found) -> dict[str, str]:
    return {key: one.id for key, one in things.items() if one is not None}


def _number(thing: Thing | None) -> int:
    return int(thing.id) if thing is not None else 0


def _numbers(things: Found) -> dict[str, int]:
    return {key: int(one.id) for key, one in things.items() if one is not None}
