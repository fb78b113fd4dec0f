"""Every part, built once and handed what it needs; and the roles a process can have."""
