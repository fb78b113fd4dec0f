"""How statements are said: compiled once, in both dialects, with our column types."""
