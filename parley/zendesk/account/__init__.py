"""The Zendesk account as code: what we want, what there is, how we left it, and how to get there."""
