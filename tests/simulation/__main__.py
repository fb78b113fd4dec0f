"""`python -m tests.simulation 86` replays a seed; `0-999` runs many on both cores; `--shrink` finds what it takes.

`--without kill,late` turns kinds of faults off. `--traces` says by one number whether the desk still does the same:
what it does in these seeds, step by step, as a digest. Ends with 1 where an invariant broke or a mark never fired.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.simulation.campaign import Campaign, campaign, shrink, told
from tests.simulation.mutants import MUTANTS
from tests.simulation.run import run_seed

ENOUGH_FOR_MARKS = 300
CHUNK = 10


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("seeds", help="one seed, or FIRST-LAST")
    parser.add_argument("--shrink", action="store_true")
    parser.add_argument("--without", default="", help="kinds of faults, with commas between them")
    parser.add_argument("--mutant", choices=MUTANTS, help="break the protocol on purpose")
    parser.add_argument("--traces", action="store_true", help="only a digest of what happens")
    given = parser.parse_args()
    first, _, last = given.seeds.partition("-")
    swap = MUTANTS.get(given.mutant)
    if given.shrink:
        off, outcome = shrink(int(first), swap)
        needed = sorted(kind for kind, rate in outcome.rates.items() if rate and kind not in off)
        _say(f"seed {first}: {outcome.wrong or 'nothing is wrong'}\nwith only {', '.join(needed) or 'no faults'}")
        _say(f"python -m tests.simulation {first} --without {','.join(sorted(off))}")
        return 1 if outcome.wrong else 0
    run = partial(run_seed, without=frozenset(filter(None, given.without.split(","))), swap=swap)
    if given.traces:
        _say(_digest(range(int(first), int(last or first) + 1), run))
        return 0
    found = _many(range(int(first), int(last or first) + 1), run)
    for name, value in found.figures().items():
        _say(f"{name.replace('_', ' '):28} {value:,}")
    _say(f"{'last to heal':28} {found.last_to_heal}")
    if found.failed:
        _say(told(found.failed))
    if found.seeds >= ENOUGH_FOR_MARKS and found.never:
        _say(f"It never came to: {', '.join(found.never)}.")
    return 1 if found.failed or (found.seeds >= ENOUGH_FOR_MARKS and found.never) else 0


def _many(seeds: range, run: partial) -> Campaign:  # type: ignore[type-arg]
    chunks = [seeds[at : at + CHUNK] for at in range(0, len(seeds), CHUNK)]
    found = Campaign()
    with ProcessPoolExecutor(min(os.cpu_count() or 1, len(chunks))) as pool:
        for part in pool.map(partial(campaign, run=run), chunks):
            found += part
    return found


def _digest(seeds: range, run: partial) -> str:  # type: ignore[type-arg]
    digest = hashlib.sha256()
    with ProcessPoolExecutor(os.cpu_count() or 1) as pool:
        for outcome in pool.map(run, seeds, chunksize=CHUNK):
            digest.update(outcome.trace.encode())
    return digest.hexdigest()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
