"""A stand-in Zendesk and WorkMarket speaking HTTP, with pages to click and a clock to move."""
