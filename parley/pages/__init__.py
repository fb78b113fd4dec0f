"""Pages that people open: the requester's, and the desk's own. Each is made from what the desk knows anyhow."""
