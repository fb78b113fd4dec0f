"""The command and the wiring: the only room that sees all the others and reads the settings."""
