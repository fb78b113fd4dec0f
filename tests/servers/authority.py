"""A certificate authority of a company's own, and what it vouches for, made by openssl."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")


class Authority:
    """`file` holds its certificate."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.file = folder / "authority.pem"
        self._folder = folder
        name = ("-x509", "-subj", "/CN=A company's own", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        self._openssl("req", *_KEY, *name, "-keyout", "authority.key", "-out", self.file.name)

    def server(self, *hosts: str) -> ssl.SSLContext:
        """What a server shows that is all these hosts."""
        names = ",".join(f"DNS:{host}" for host in hosts)
        signed = ("-CA", self.file.name, "-CAkey", "authority.key", "-addext", f"subjectAltName={names}")
        self._openssl(
            "req", "-x509", *_KEY, *signed, "-subj", "/CN=server", "-keyout", "server.key", "-out", "server.pem"
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._folder / "server.pem", self._folder / "server.key")
        return context

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(("openssl", *arguments), cwd=self._folder, check=True, capture_output=True, timeout=120)
