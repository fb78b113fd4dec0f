"""The few verbs we need of Zendesk, of WorkMarket and of the queue."""
