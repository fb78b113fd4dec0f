"""`parley migrate`, `restored`: the database as a whole."""

from __future__ import annotations

from config.settings import load_settings
from parley.commands.common import actor, database, migrate_database, rules_of, sentences, settings_for_logs
from parley.commands.terminal import say
from sync.operator import restored as restoring


def migrate() -> None:
    """Bring the database schema up to date."""
    with sentences():
        migrate_database(settings_for_logs())
        say("The database is up to date.", err=True)


def restored() -> None:
    """Make a database that was put back from a backup safe to go on with, before anything else is started."""
    with database() as store:
        done = restoring.restored(store, rules_of(load_settings()), actor(), store.now())
        for case_id in done.paused:
            say(case_id)
        for case_id in done.damaged:
            say(f"Case {case_id} can't be read, so that nothing is sent for it: see `parley doctor`.", err=True)
        told = f"To be read back before it is sent: {done.unclear}. Open cases that pause: {len(done.paused)}."
        say(f"{told} Start the desk, then look at `parley dead list`.", err=True)
