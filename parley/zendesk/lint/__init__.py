"""What the account's other rules could do to our tickets: a static, conservative look at conditions and actions.

Pure: values in, findings out. Nothing is read, and nothing is run.
"""

from parley.zendesk.lint.facts.business_rules import BusinessRule, Condition, RuleAction, read_rule
from parley.zendesk.lint.facts.our_tickets import Field, OurTickets, Status
from parley.zendesk.lint.findings import LintFinding, lint

__all__ = [
    "BusinessRule",
    "Condition",
    "Field",
    "LintFinding",
    "OurTickets",
    "RuleAction",
    "Status",
    "lint",
    "read_rule",
]
