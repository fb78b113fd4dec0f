"""A mail system in front of somebody's mailbox that opens every address in a mail before they see it.

Such are Microsoft Defender's Safe Links and its like: a GET or a HEAD, from elsewhere, without a cookie.
"""

import re

from sandbox.shared.outgoing import Delivery, WebhookQueue

NAME = "a mail scanner"
_ADDRESS = re.compile(r"https?://[^\s<>\"')\]]+")


def scan(outgoing: WebhookQueue, text: str) -> None:
    """Open each address of a mail, first to see what it is and then to read it; it goes with the webhooks."""
    for address in dict.fromkeys(_ADDRESS.findall(text)):
        for method in ("HEAD", "GET"):
            headers = {"User-Agent": "Mozilla/5.0 (mail scanner)"}
            outgoing.put(Delivery(NAME, NAME, method, address.rstrip(".,;:"), headers, b""))
