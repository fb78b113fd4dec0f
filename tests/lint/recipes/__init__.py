"""Rules written after Zendesk's public recipes before the judging was touched; a third is never tuned on."""
