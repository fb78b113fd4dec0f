"""What the account shall hold: the files of `config/zendesk/` as parts, in the order of their needs."""

from __future__ import annotations

from config.account_words import load_account_words
from config.zendesk_specs import AccountSpec, MacroSpec
from escalation.policies.policy import Policy
from escalation.policies.texts import Texts
from parley.zendesk.account.kinds import ORDER
from parley.zendesk.account.model.part import AccountPart, DesiredAccount, MacroText, Sources
from parley.zendesk.account.model.sidebar import SidebarApp


def desired_parts(sources: Sources) -> tuple[AccountPart, ...]:
    """Every part that the account can have."""
    return tuple(part for kind in ORDER for part in kind.parts(sources))


def macro_texts(texts: Texts, policy: Policy) -> MacroText:
    """How a new macro's comment begins: our text in the macro's language, its gaps filled from the policy."""

    def comment(spec: MacroSpec, language: str) -> str:
        gaps = {name: str(getattr(policy, key)) for name, key in (spec.gaps or {}).items()}
        return texts.of(language).render(spec.comment, **gaps) if spec.comment else ""

    return comment


def desired_account(
    spec: AccountSpec,
    policy: Policy,
    public_url: str,
    sidebar: SidebarApp | None = None,
    left_out: tuple[str, ...] = (),
) -> DesiredAccount:
    """What a deployment wants of its account."""
    texts = macro_texts(policy.texts, policy)
    words = load_account_words(spec)
    return DesiredAccount(spec, texts, policy.agents_group, public_url, policy.languages, words, sidebar, left_out)
