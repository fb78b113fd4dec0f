"""What the container file promises, read from it: no root, nothing unpinned, everything that the package holds."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib

from tests.integration.connector.raw import OK, Peer, raw
from tests.system.operations.locks import ROOT, RUNTIME

STEPS = (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
LAST = STEPS[max(place for place, step in enumerate(STEPS) if step.startswith("FROM ")) :]


def test_it_runs_as_somebody_who_is_not_root() -> None:
    (user,) = [step.split()[1] for step in LAST if step.startswith("USER ")]
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)


def test_nothing_is_installed_that_is_not_pinned_by_its_hash() -> None:
    installs = [part for step in STEPS for part in step.split("&&") if re.search(r"\bpip\b.* install\b", part)]
    assert len(installs) == 3
    for install in installs:
        assert "--require-hashes -r requirements" in re.sub(r"\s+", " ", install) or "--no-deps" in install


def test_what_runs_is_installed_from_the_runtime_lock_unless_traces_are_asked_for() -> None:
    parts = [step.removeprefix("ARG PARTS=") for step in STEPS if step.startswith("ARG PARTS=")]
    assert [f"requirements.{part}.lock" for part in parts] == [RUNTIME]
    into_image = [part for step in STEPS for part in step.split("&&") if "--python /opt/parley" in part]
    assert [re.findall(r"-r (\S+)", part) for part in into_image] == [["requirements.$PARTS.lock"], []]


def test_the_build_sees_every_package_and_only_what_is_named() -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    ignored = [line for line in (ROOT / ".containerignore").read_text(encoding="utf-8").splitlines() if line]
    assert next(line for line in ignored if not line.startswith("#")) == "*"
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    assert set(rules["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) <= allowed
    assert all((ROOT / name).exists() for name in allowed)


def test_it_says_how_it_is_and_stops_by_itself() -> None:
    said = "\n".join(LAST)
    assert "HEALTHCHECK" in said
    # A shell in between would not hand SIGTERM on.
    assert 'ENTRYPOINT ["parley"]' in said


def test_it_is_asked_how_it_is_without_the_companys_proxy() -> None:
    (told,) = [step for step in LAST if step.startswith("HEALTHCHECK")]
    python, *arguments = json.loads(told.partition(" CMD ")[2])
    assert python == "python"

    def well(peer: Peer) -> None:
        peer.hear()
        peer.say(OK + b"Content-Length: 2\r\nConnection: close\r\n\r\n{}")

    proxies = dict.fromkeys(("HTTP_PROXY", "http_proxy", "ALL_PROXY"), "http://127.0.0.1:9")
    with raw(well) as desk:
        asked = subprocess.run((sys.executable, *arguments), env={"PORT": str(desk.port), **proxies}, timeout=120)
    assert asked.returncode == 0
