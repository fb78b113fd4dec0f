"""What the account's other rules could do to our tickets: a static, conservative look at conditions and actions.

Pure: values in, findings out. Nothing is read, and nothing is run.
"""

from parley.lint.findings import Finding, lint
from parley.lint.ours import Field, Ours, Status
from parley.lint.rules import Action, Condition, Rule, read_rule

__all__ = ["Action", "Condition", "Field", "Finding", "Ours", "Rule", "Status", "lint", "read_rule"]
