"""An account to set up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.account.workspace import Workspace, a_workspace


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    with a_workspace() as made:
        yield made


@pytest.fixture
def ready(workspace: Workspace) -> Workspace:
    """The account has been set up; calls are counted from here."""
    workspace.begin_set_up()
    return workspace
