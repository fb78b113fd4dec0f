"""The Zendesk account as code."""
