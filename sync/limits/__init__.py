"""Who may call when: the budgets that all processes share."""
