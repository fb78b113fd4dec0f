"""Looking at the account for `parley doctor` and `parley zendesk lint`."""
