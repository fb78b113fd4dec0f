"""The desk in a company that lets nobody out but by its proxy, and reads along under a certificate of its own."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.integration.connector.raw import Peer, raw
from tests.servers.authority import Authority
from tests.servers.way_out import WayOut
from tests.system.cli.shell import Shell
from tests.system.processes.spawned_desk import SpawnedDesk

ZENDESK, WORKMARKET = "acme.zendesk.com", "www.workmarket.com"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


def encrypted(url: str) -> Callable[[Peer], None]:
    """Passes one request on to a stand-in, and its answer back."""
    there = urlsplit(url)

    def answer(peer: Peer) -> None:
        request = peer.hear().replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        with socket.create_connection((there.hostname or "", there.port or 0)) as server:
            server.sendall(request)
            while piece := server.recv(65_536):
                peer.say(piece)

    return answer


@pytest.fixture
def proxy(desk: SpawnedDesk, authority: Authority) -> Iterator[WayOut]:
    """Knows both services, which are the stand-ins behind encryption."""
    desk.open()
    tls = authority.server(ZENDESK, WORKMARKET)
    with ExitStack() as stack:
        zendesk = stack.enter_context(raw(encrypted(desk.sandbox.zendesk_url), tls))
        workmarket = stack.enter_context(raw(encrypted(desk.sandbox.workmarket_url), tls))
        places = {f"{ZENDESK}:443": zendesk.port, f"{WORKMARKET}:443": workmarket.port}
        made = WayOut({host: ("127.0.0.1", port) for host, port in places.items()})
        stack.callback(made.close)
        yield made


def inside(proxy: WayOut, **more: str) -> dict[str, str]:
    """The settings of a desk that asks the services under their own names."""
    names = {"ZENDESK_URL": "", "ZENDESK_SUBDOMAIN": "acme", "WORKMARKET_URL": f"https://{WORKMARKET}"}
    return {**names, "HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}", **more}


def test_both_services_are_reached_by_the_proxy_and_the_authority_that_are_set(
    proxy: WayOut, authority: Authority, operator: Shell
) -> None:
    said = operator("doctor", "--json", **inside(proxy, SSL_CERT_FILE=str(authority.file)))
    grades = {row["what"]: row["grade"] for row in said.json()}
    assert (grades["Zendesk"], grades["WorkMarket"]) == ("ok", "ok"), said
    asked = {head.split(" ")[1] for head in proxy.asked}
    assert asked == {f"{ZENDESK}:443", f"{WORKMARKET}:443"}


def test_without_the_authority_the_doctor_says_which_setting_names_it(proxy: WayOut, operator: Shell) -> None:
    said = operator("doctor", "--json", **inside(proxy))
    told = {row["what"]: row["said"] for row in said.json() if row["grade"] == "problem"}
    assert "SSL_CERT_FILE" in told["Zendesk"]
    assert "SSL_CERT_FILE" in told["WorkMarket"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", "socks5://user:s3cr3t@nowhere"),
        ("HTTPS_PROXY", "http://user:s3cr3t@no where:3128"),
        ("SSL_CERT_FILE", "socks5://user:s3cr3t@nowhere"),
    ],
)
def test_a_value_that_can_not_be_is_refused_at_start_by_its_name(name: str, value: str, operator: Shell) -> None:
    said = operator("worker", **{name: value})
    assert said.code != 0
    assert name in said.err
    assert "s3cr3t" not in said.out + said.err
    assert "Traceback" not in said.err
