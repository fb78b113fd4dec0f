"""What Zendesk does with tickets."""
