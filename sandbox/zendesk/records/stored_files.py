"""Files of an account: uploaded under a token, attached to a comment by it, and looked at for malware meanwhile.

https://developer.zendesk.com/api-reference/ticketing/tickets/ticket-attachments/
"""

import hashlib
import mimetypes
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal
from urllib.parse import quote, urlsplit

from sandbox.zendesk.records.records import Json

TOKEN_LASTS: Final = timedelta(minutes=60)
CONTENT: Final = "/attachments/token/"
STORE: Final = "/store/"
INFECTED: Final = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
"""What scanners take for malware by agreement."""


@dataclass(slots=True)
class StoredFile:
    """A file and its JSON, which every comment that has it shares."""

    secret: str
    content: bytes
    json: Json
    at: datetime
    attached: bool = False


@dataclass(slots=True)
class Files:
    """`elsewhere`: `content_url` leads on to a store on another host; else Zendesk serves contents itself.

    `private` ones are shown only to who may see the ticket. `scans` has what a scan says, by a file's name, where
    it is neither clean nor INFECTED. `dead_tokens`: what an update does with a token that is over or was used,
    which is not documented: it is refused as a whole, or made without the file.
    """

    elsewhere: bool = True
    private: bool = False
    scan_after: timedelta = timedelta(seconds=3)
    scans: dict[str, str] = field(default_factory=dict)
    dead_tokens: Literal["refused", "ignored"] = "refused"
    largest: int = 50_000_000
    by_id: dict[int, StoredFile] = field(default_factory=dict)
    by_secret: dict[str, StoredFile] = field(default_factory=dict)
    tokens: dict[str, StoredFile] = field(default_factory=dict)
    _unscanned: list[StoredFile] = field(default_factory=list)

    def add(self, file_id: int, base: str, name: str, content: bytes, content_type: str, at: datetime) -> str:
        """Keep an upload; its token. Not attached within the hour, it is gone."""
        secret, token = _word("secret", file_id), _word("token", file_id)
        kind = content_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
        made = StoredFile(secret, content, _json(file_id, base, secret, name, kind, len(content)), at)
        self.by_id[file_id] = self.by_secret[secret] = self.tokens[token] = made
        self._unscanned.append(made)
        return token

    def drop(self, token: str) -> bool:
        """Delete an upload that nothing uses."""
        found = self.tokens.pop(token, None)
        if found is None:
            return False
        self._forget(found)
        return True

    def take(self, token: str, now: datetime) -> StoredFile | None:
        """The file of a token, which is used up by it; None where the token is over, was used or never was."""
        found = self.tokens.pop(token, None)
        if found is None or now - found.at >= TOKEN_LASTS:
            return None
        found.attached = True
        return found

    def scan(self, now: datetime) -> None:
        """Tell what scans have found meanwhile, and delete what nobody attached in time."""
        for one in [one for one in self._unscanned if now - one.at >= self.scan_after]:
            self._unscanned.remove(one)
            clean = "malware_found" if INFECTED in one.content else "malware_not_found"
            one.json["malware_scan_result"] = self.scans.get(one.json["file_name"], clean)
        for token, one in [(token, one) for token, one in self.tokens.items() if now - one.at >= TOKEN_LASTS]:
            del self.tokens[token]
            self._forget(one)

    def _forget(self, one: StoredFile) -> None:
        self.by_id.pop(one.json["id"], None)
        self.by_secret.pop(one.secret, None)


def _word(of: str, file_id: int) -> str:
    """The same in every run: it opens a stand-in."""
    return hashlib.sha256(f"{of} {file_id}".encode()).hexdigest()[:24]


def store_of(base: str) -> str:
    """Where the store listens: the same stand-in, under another host's name."""
    parts = urlsplit(base)
    host = "localhost" if parts.hostname == "127.0.0.1" else f"store.{parts.hostname}"
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}"


def _json(file_id: int, base: str, secret: str, name: str, content_type: str, size: int) -> Json:
    url = f"{base}{CONTENT}{secret}/?name={quote(name)}"
    return {
        "url": f"{base}/api/v2/attachments/{file_id}.json",
        "id": file_id,
        "file_name": name,
        "content_url": url,
        "mapped_content_url": url,
        "content_type": content_type,
        "size": size,
        "width": None,
        "height": None,
        "inline": False,
        "deleted": False,
        "malware_access_override": False,
        "malware_scan_result": "not_scanned",
        "thumbnails": [],
    }
