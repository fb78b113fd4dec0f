"""Rules written after Zendesk's public recipes, in which harm and harmlessness are planted and labelled.

They were there before the judging was mended. A third was kept aside meanwhile; when first looked at, all of its 35
harms were found, and 2 of 37 findings were wrong. `later` was written when all was done, and judged once: 21 of 21
harms were found, and none of 21 findings was wrong. Before the mending 63 of 96 harms were found, and 25 of 88
findings were wrong. One label was corrected since: that Zendesk itself opens a ticket on a copied person's reply.
"""
