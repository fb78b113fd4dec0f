"""What became of a week's or a month's cases, counted from the journal."""
