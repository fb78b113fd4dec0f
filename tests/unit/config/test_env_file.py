"""The `.env` that is written for an operator: explained, private, and read as it was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.env_file import HEADINGS, env_text, unwritable, write_private
from config.settings import load_settings, settings_table

ODD = (
    "plain",
    "with space",
    "#hash",
    "it's",
    'say "so"',
    "back\\slash",
    "end\\",
    "a=b",
    "$HOME",
    "`x`",
    "täglich",
    "'",
)


@pytest.fixture(autouse=True)
def only_what_the_file_sets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, _, _ in settings_table():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path / "none"))


@pytest.mark.parametrize("value", ODD)
def test_whatever_a_secret_holds_is_read_as_it_was_given(tmp_path: Path, value: str) -> None:
    values = {"WORKMARKET_TOKEN": value, "WORKMARKET_SECRET": value}
    assert unwritable(values) == []
    write_private(tmp_path / ".env", env_text(values), overwrite=False)
    settings = load_settings(tmp_path / ".env")
    assert settings.workmarket_token is not None
    assert settings.workmarket_token.get_secret_value() == value


@pytest.mark.parametrize("value", ["two\nlines", "${HOME}"])
def test_what_would_be_read_otherwise_is_named(value: str) -> None:
    assert unwritable({"WORKMARKET_TOKEN": value, "PORT": "8000"}) == ["WORKMARKET_TOKEN"]


def test_every_setting_is_explained_and_set_or_shown(tmp_path: Path) -> None:
    text = env_text({"ZENDESK_SUBDOMAIN": "acme"})
    lines = text.splitlines()
    assert "ZENDESK_SUBDOMAIN=acme" in lines
    assert "# BROKER_URL=memory://" in lines
    assert all(f"{'' if name == 'ZENDESK_SUBDOMAIN' else '# '}{name}=" in text for name, _, _ in settings_table())
    assert [line for line in lines if line and not line.startswith("#")] == ["ZENDESK_SUBDOMAIN=acme"]
    assert max(map(len, lines)) <= 120
    assert set(HEADINGS) <= {name for name, _, _ in settings_table()}


def test_only_its_owner_can_read_it_also_where_another_was_there(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=1\n")
    file.chmod(0o644)
    with pytest.raises(FileExistsError):
        write_private(file, "PORT=2\n", overwrite=False)
    assert file.read_text() == "PORT=1\n"
    write_private(file, "PORT=2\n", overwrite=True)
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("PORT=2\n", 0o600)
    assert list(tmp_path.iterdir()) == [file]
