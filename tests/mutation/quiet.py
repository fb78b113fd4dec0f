"""A plugin for tests that are to fail soon: the same examples each time, and no search for a smaller one."""

from __future__ import annotations

from hypothesis import Phase, settings

settings.register_profile(
    "mutation", derandomize=True, database=None, phases=[Phase.explicit, Phase.generate], deadline=None
)
settings.load_profile("mutation")
