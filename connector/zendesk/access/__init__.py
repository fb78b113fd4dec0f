"""How we are known to Zendesk, and which token makes which call."""
