"""What the account's other rules could do to our tickets: a static, conservative look at conditions and actions.

Pure: values in, findings out. Nothing is read, and nothing is run.
"""

from parley.zendesk.lint.facts.our_tickets import Field, OurTickets, Status
from parley.zendesk.lint.facts.rules import Action, Condition, Rule, read_rule
from parley.zendesk.lint.findings import Finding, lint

__all__ = ["Action", "Condition", "Field", "Finding", "OurTickets", "Rule", "Status", "lint", "read_rule"]
