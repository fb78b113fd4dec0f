"""Conditions and actions of triggers, macros, automations and views."""
