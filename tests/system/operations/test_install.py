"""How the desk is installed: docs/install.md is followed where it can be, and units and compose.yml are read."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest
import yaml

from config.settings import load_settings, settings_table
from parley.cli import COMMANDS
from store.database.engines import Where
from tests.docs.product import PRODUCT, ROOT

PAGE = ROOT / "docs" / "install.md"
UNITS = sorted((ROOT / "ops" / "systemd").glob("*.service"))
SECRET = "s3cr3t-canary"
SECRETS = dict.fromkeys(("ZENDESK_OAUTH_CLIENT_SECRET", "WORKMARKET_TOKEN", "WORKMARKET_SECRET"), SECRET)
ROLES = ("web", "worker", "clock")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "parley"}


def block(name: str, page: Path = PAGE) -> str:
    """A block of commands of the page."""
    found = re.search(rf"<!-- tried: {name} -->\n```sh\n(.*?)```\n<!-- end -->", page.read_text("utf-8"), re.DOTALL)
    assert found is not None, name
    return found[1]


def follow(text: str, folder: Path, **environment: str) -> str:
    """Type a block into a shell, and return what it says on the error output."""
    path = f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"
    given = {"PATH": path, **environment}
    done = subprocess.run(["sh", "-ec", text], cwd=folder, env=given, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stderr


# The page


def test_the_settings_are_made_without_a_question_as_the_page_says(tmp_path: Path) -> None:
    said = follow(block("init"), tmp_path, **SECRETS)
    assert SECRET not in said
    assert (tmp_path / "parley.db").exists()
    load_settings(tmp_path / ".env", tmp_path / "none", need="accounts")


def test_the_secrets_of_compose_are_made_as_the_page_says(tmp_path: Path) -> None:
    follow(block("secrets"), tmp_path, **SECRETS)
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert {Path(one["file"]).name for one in COMPOSE["secrets"].values()} == set(made)
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    url = Where.parse(made["database_url"]).url
    assert (url.host, url.password) == ("database", made["postgres_password"])
    assert re.findall(r"default_pass = (\w+)", made["rabbitmq.conf"])[0] in made["broker_url"]
    assert SERVICES["broker"]["environment"]["RABBITMQ_CONFIG_FILE"] == "/run/secrets/rabbitmq.conf"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as `pipx install .` builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (made,) = folder.glob("parley_desk-*.whl")
    shutil.unpack_archive(made, folder / "installed", "zip")
    return folder / "installed"


def test_the_package_holds_every_file_of_the_product(wheel: Path) -> None:
    there = {path.relative_to(wheel) for path in wheel.rglob("*") if path.is_file()}
    wanted = {path.relative_to(ROOT) for top in PRODUCT for path in (ROOT / top).rglob("*") if path.is_file()}
    wanted = {path for path in wanted if "__pycache__" not in path.parts}
    assert wanted - there == set()


def test_what_was_installed_runs_by_itself(wheel: Path, tmp_path: Path) -> None:
    given = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(wheel)}
    line = [
        sys.executable,
        "-P",
        "-c",
        "import config; print(config.__file__); from parley.cli import main; main()",
        "migrate",
    ]
    done = subprocess.run(line, cwd=tmp_path, env=given, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout.startswith(str(wheel))) == (0, True), done.stderr


# compose.yml


def test_compose_has_every_role_and_what_they_need() -> None:
    assert set(SERVICES) == {*ROLES, "migrate", "database", "broker"}
    assert {service["command"] for service in OURS.values()} == {*ROLES, "migrate"} <= set(COMMANDS)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_of_compose_may_do_no_more_than_it_has_to(name: str) -> None:
    service = SERVICES[name]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "privileged" not in service and "user" not in service
    if name in OURS:
        assert (service["read_only"], service["cap_drop"], service["tmpfs"]) == (True, ["ALL"], ["/tmp"])  # noqa: S108  it is memory of the container's own
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert bool(service.get("ports")) == (name == "web")


def test_every_secret_of_compose_is_a_file_and_a_setting_and_no_value_stands_in_it() -> None:
    names = {name.lower() for name, _, _ in settings_table()}
    for service in OURS.values():
        assert set(service["secrets"]) <= names
        assert {name.lower() for name in service["environment"]} <= names
        assert service["environment"]["DATABASE_URL"] == ""  # the image's own would win over the file
        assert not set(service["secrets"]) & {name.lower() for name in service["environment"]} - {"database_url"}
    used = {name for service in SERVICES.values() for name in service["secrets"]}
    assert used == set(COMPOSE["secrets"])
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())


def test_nothing_of_compose_starts_before_what_it_needs() -> None:
    for role in ROLES:
        assert SERVICES[role]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    for needed in ("database", "broker"):
        assert SERVICES[needed]["healthcheck"]["test"][0] == "CMD"
    assert SERVICES["migrate"]["restart"] == "no"
    listening = [name for name in OURS if not SERVICES[name].get("healthcheck", {}).get("disable")]
    assert listening == ["web"]


def test_docker_reads_compose_as_it_is_meant(tmp_path: Path) -> None:
    if (
        not shutil.which("docker")
        or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode
    ):
        pytest.skip("needs `docker compose`: run it where Docker is installed")
    follow(block("secrets"), tmp_path, **SECRETS)
    shutil.copy(ROOT / "compose.yml", tmp_path)
    given = {
        "ZENDESK_SUBDOMAIN": "acme",
        "ZENDESK_OAUTH_CLIENT_ID": "id",
        "PUBLIC_URL": "https://parley.example.com",
    }
    follow("docker compose config --quiet", tmp_path, **given)


# systemd


@pytest.fixture
def checked(tmp_path: Path) -> Path:
    """The units, with a command that is there."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("needs systemd-analyze: install the Debian package systemd")
    command = Path(sys.executable).with_name("parley")
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/parley/bin/parley", str(command))
        (tmp_path / unit.name.replace("@", "@web")).write_text(text, encoding="utf-8")
    return tmp_path


def analyzed(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_every_line_of_a_unit(checked: Path, unit: Path) -> None:
    said = analyzed("verify", "--man=no", "--recursive-errors=no", str(checked / unit.name.replace("@", "@web")))
    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_little_exposed(checked: Path, unit: Path) -> None:
    name = unit.name.replace("@", "@web")
    said = analyzed("security", "--offline=true", "--threshold=20", str(checked / name))
    assert said.returncode == 0, said.stdout


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_lets_the_desk_finish_what_it_has_begun(unit: Path) -> None:
    read = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes="#")
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(unit.read_text(encoding="utf-8"))
    service = read["Service"]
    assert service["ExecStart"].split()[:1] == ["/opt/parley/bin/parley"]
    assert int(service["TimeoutStopSec"]) >= 12
    assert service["EnvironmentFile"] == "/etc/parley/parley.env"


# Upgrading


def test_a_database_of_the_first_version_is_upgraded_as_the_page_says(tmp_path: Path) -> None:
    dump = ROOT / "tests" / "integration" / "upgrade" / "parley_0_1_0.sql"
    with closing(connect(tmp_path / "parley.db")) as database:
        database.executescript(dump.read_text(encoding="utf-8"))
    follow(block("upgrade", ROOT / "docs" / "upgrade.md"), tmp_path)
