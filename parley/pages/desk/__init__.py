"""The desk's own page: who may see it, what all its pages have, and the pages, each a module with its rows."""
