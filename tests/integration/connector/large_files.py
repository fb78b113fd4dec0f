"""Moves large files both ways at once, in a process of its own, and says how much memory that took at most.

python -m tests.integration.connector.large_files ADDRESS FILES BYTES
"""

from __future__ import annotations

import json
import resource
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from connector.spool import Spool
from connector.workmarket import WorkMarketClient
from connector.zendesk import AccountIds, BearerToken, ZendeskClient
from escalation.model.audience import Public
from escalation.model.effects import PostFile
from escalation.model.files import TicketFile

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def now() -> datetime:
    return NOON


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(address: str, files: int, size: int) -> None:
    zendesk = ZendeskClient(address, BearerToken("t"), ids=AccountIds, now=now)
    workmarket = WorkMarketClient(address, "t", "s", now=now)

    def both_ways(number: int) -> list[str]:
        file = TicketFile("1", "film.mov", size, f"{address}/attachments/token/1")
        effect = PostFile(f"C.{number}", "C", "1", "7", "c", file, Public("x [Ref 8F3K-1]"), "8F3K-1", size, now())
        with Spool(size) as spool:
            workmarket.fetch_file("u", spool)
            came = spool.sha256
            zendesk.upload_file("film.mov", spool)
        with Spool(size) as spool:
            zendesk.fetch_file(file.url, spool)
            workmarket.add_file(effect, spool)
            return [came, spool.sha256]

    before = peak_mb()
    with ThreadPoolExecutor(files) as threads:
        seen = list(threads.map(both_ways, range(files)))
    print(json.dumps({"before_mb": before, "peak_mb": peak_mb(), "contents": seen}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
