"""The loops on PostgreSQL, where several processes really write at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from connector.errors import Unclear
from escalation.model.values import State
from tests.integration.sync.desk_on_fakes import DeskOnFakes, Services
from tests.integration.sync.fakes import FakeWorkMarket, FakeZendesk, a_ticket, an_assignment
from tests.servers.shared import Servers

REQUESTS = 10


@pytest.fixture
def url(servers: Servers) -> Iterator[str]:
    with servers.database() as address:
        yield address


def test_a_request_walks_into_tier_2(desk: DeskOnFakes) -> None:
    desk.arrive()
    desk.wait(days=3)
    assert desk.case().state is State.TIER_2


def test_an_unheard_message_is_found_and_not_posted_again(desk: DeskOnFakes) -> None:
    desk.workmarket.swallows("post", Unclear("No answer."))
    desk.submitted()
    desk.wait(minutes=2)
    assert len(desk.workmarket.posted) == 1
    assert desk.case().state is State.TIER_1


def test_of_two_requests_handled_together_one_sees_the_other(desk: DeskOnFakes) -> None:
    desk.zendesk.add(a_ticket("36"))
    desk.submitted("35")
    desk.submitted("36")
    desk.work()
    assert {desk.case("35").ended, desk.case("36").ended} == {True, False}


def test_three_desks_at_once_do_everything_once(
    desk: DeskOnFakes, url: str, services: Services, zendesk: FakeZendesk, workmarket: FakeWorkMarket
) -> None:
    for one in range(REQUESTS):
        fields = {**a_ticket().fields, "assignment_id": str(5000 + one)}
        zendesk.add(a_ticket(str(100 + one), fields=fields))
        workmarket.add(an_assignment(str(5000 + one)))
        desk.submitted(str(100 + one))
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with services.process(url) as other:
                other.work()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    desk.wait(minutes=3)
    assert {desk.case(str(100 + one)).state for one in range(REQUESTS)} == {State.TIER_1}
    assert len(workmarket.posted) == REQUESTS
    ids = [update.id for update, _ in zendesk.written]
    assert len(ids) == len(set(ids)) == 2 * REQUESTS
