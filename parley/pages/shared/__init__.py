"""What every page stands on: what its answer carries, templates and look, and the one answer where nothing is."""
