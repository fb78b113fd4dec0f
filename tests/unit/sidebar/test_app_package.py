"""The sidebar's package: the same zip each time, small, in three languages that say the same, for one shape."""

from __future__ import annotations

import gzip
import io
import json
import re
import tomllib
import zipfile
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from escalation.explain import case_json
from escalation.model.case import Case
from parley.cli import app
from parley.zendesk.sidebar_app import BadAddress, sidebar_package
from tests.json_schemas import jsonschema

ROOT = Path(__file__).parents[3]
DESK = "https://parley.example.com"
PACKAGE = sidebar_package(DESK)
LANGUAGES = ("en", "es", "de")
TEXTS = {code: json.loads(PACKAGE.files[f"assets/texts/{code}.json"]) for code in LANGUAGES}
SCHEMA = json.loads((ROOT / "docs" / "case-view.schema.json").read_text(encoding="utf-8"))
EXAMPLES = sorted((ROOT / "tests" / "case_views").glob("*.json"))
MOST_BYTES = 20 * 1024


def test_the_zip_is_the_same_each_time_whenever_and_in_whichever_order_its_files_were_found() -> None:
    again = type(PACKAGE)(dict(reversed(PACKAGE.files.items())))
    assert sha256(sidebar_package(DESK).zipped()).digest() == sha256(again.zipped()).digest()
    with zipfile.ZipFile(io.BytesIO(again.zipped())) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None
        assert "manifest.json" in archive.namelist()


def test_the_app_is_small() -> None:
    served = {path: gzip.compress(content, 9) for path, content in PACKAGE.files.items()}
    assert sum(map(len, served.values())) <= MOST_BYTES


def test_the_desks_address_is_in_the_manifest_where_zendesks_proxy_and_the_administrator_look_for_it() -> None:
    manifest = json.loads(PACKAGE.files["manifest.json"])
    assert manifest["domainWhitelist"] == ["parley.example.com"]
    assert [one.get("default") for one in manifest["parameters"]] == [DESK, None, None, None]


@pytest.mark.parametrize(
    "address", ["", "parley.example.com", "http://parley.example.com", "https://", "https://a@b"]
)
def test_an_address_that_can_not_be_asked_safely_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        sidebar_package(address)


def test_its_version_is_the_products() -> None:
    product = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert json.loads(PACKAGE.files["manifest.json"])["version"] == product


def placeholders(text: Any) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", json.dumps(text)))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_says_the_same(code: str) -> None:
    assert list(TEXTS[code]) == list(TEXTS["en"])
    for key, text in TEXTS["en"].items():
        assert placeholders(TEXTS[code][key]) == placeholders(text), key


def test_every_text_is_said_and_every_text_that_is_said_is_there() -> None:
    code = "".join(PACKAGE.files[path].decode() for path in PACKAGE.files if path.endswith(".js"))
    named = set(re.findall(r'"(\w+)"', code))
    begun = tuple(re.findall(r"`(\w+_)\$\{", code))
    notices = {key for key in TEXTS["en"] if key.endswith("_more") and key.removesuffix("_more") in named}
    assert {key for key in TEXTS["en"] if key not in named | notices and not key.startswith(begun)} == set()
    said = set(re.findall(r'\.say\("(\w+)"', code)) | set(re.findall(r'titled\(page, "\w+", "(\w+)"', code))
    assert said <= set(TEXTS["en"])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_of_a_case_has_the_documented_shape(example: Path) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(example.read_text(encoding="utf-8")))


def test_what_a_case_prints_today_is_part_of_the_documented_shape() -> None:
    case = Case("C-7Q2M", "4711", datetime(2026, 3, 2, 15, tzinfo=UTC), "PA-1")
    assert set(case_json(case)) <= set(SCHEMA["properties"])


def test_the_shape_names_what_the_sidebar_reads() -> None:
    sections = re.sub(r"//.*", "", PACKAGE.files["assets/sections.js"].decode())
    read = set(re.findall(r"\bview\.(\w+)", sections))
    assert read <= set(SCHEMA["properties"])
    assert len(read) > 15


def test_the_command_writes_the_package(tmp_path: Path) -> None:
    file = tmp_path / "parley.zip"
    done = CliRunner().invoke(app, ["zendesk", "app", "--package", str(file), "--address", DESK])
    assert done.exit_code == 0, done.output
    assert file.read_bytes() == PACKAGE.zipped()


def test_the_command_says_what_is_wrong_with_an_address(tmp_path: Path) -> None:
    file = tmp_path / "parley.zip"
    done = CliRunner().invoke(app, ["zendesk", "app", "--package", str(file), "--address", "parley"])
    assert done.exit_code == 1
    assert not file.exists()
