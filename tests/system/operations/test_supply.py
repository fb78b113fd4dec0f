"""What is installed is pinned by hashes, the same in all lock files, and listed in the bill of materials."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.system.operations.locks import EVERYTHING, ROOT, RUNTIME, TRACED, asked, pins, plain

TOOLS = {"pytest", "hypothesis", "ruff", "mypy", "schemathesis", "playwright", "pip-audit", "bandit"}


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The bill of materials, as `make sbom` writes it."""
    folder = tmp_path_factory.mktemp("bill")
    subprocess.run(
        ["make", "-o", "install", "sbom", f"BIN={Path(sys.executable).parent}", f"BUILD={folder}"],
        cwd=ROOT, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return (folder / "sbom.cdx.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", [RUNTIME, TRACED])
def test_what_runs_in_production_is_what_was_tested(file: str) -> None:
    tested = pins(EVERYTHING)
    assert {name: tested.get(name) for name in pins(file)} == pins(file)


def test_what_shows_traces_is_pinned_beside_all_that_runs_and_not_among_it() -> None:
    more = set(pins(TRACED)) - set(pins(RUNTIME))
    assert set(pins(RUNTIME)) < set(pins(TRACED))
    assert {"opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"} <= more
    assert not TOOLS & more


def test_every_package_of_each_lock_file_has_hashes() -> None:
    for file in (EVERYTHING, RUNTIME, TRACED):
        assert [name for name, (_, hashes) in pins(file).items() if not hashes] == []


def test_the_runtime_lock_holds_what_the_product_asks_for_and_no_tool_for_tests() -> None:
    assert asked() <= set(pins(RUNTIME))
    assert not TOOLS & set(pins(RUNTIME))


def test_the_bill_of_materials_names_every_package_that_runs_with_its_version(bill: str) -> None:
    listed: dict[str, Any] = json.loads(bill)
    assert listed["bomFormat"] == "CycloneDX"
    assert listed["metadata"]["component"]["name"] == "parley-desk"
    found = {plain(one["name"]): one["version"] for one in listed["components"]}
    assert found == {name: version for name, (version, _) in pins(RUNTIME).items()}


def test_the_bill_of_materials_tells_nothing_of_the_machine_that_wrote_it(bill: str) -> None:
    assert str(ROOT) not in bill
    assert sys.prefix not in bill
    assert re.findall(r"file:|/(?:home|root|tmp|opt|srv|Users)/", bill) == []
