"""Settings, policy, texts and the Zendesk account as data; only parley/ imports it."""
