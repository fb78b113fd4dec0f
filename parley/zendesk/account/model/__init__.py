"""What kinds of parts are made of: their rows, their parts, and how Zendesk's JSON is compared and changed."""
