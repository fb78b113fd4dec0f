"""The Zendesk account as code: what we want, what there is, what we made last, and how one becomes the other."""
