"""A case walks its tiers."""

from datetime import UTC, datetime, timedelta

from escalation.values import State, Timer
from tests.escalation.world import START, World


def test_an_eligible_request_goes_to_tier_1_with_one_message_one_note_and_one_public_comment():
    world = World()
    world.arrive()
    assert world.state is State.TIER_1
    assert len(world.messages()) == 1
    assert len(world.notes()) == 1
    assert len(world.public()) == 1


def test_without_an_answer_it_walks_through_tiers_2_and_3_and_off_the_platform():
    world = World()
    world.arrive()
    seen = []
    for day in range(60):
        world.pass_time(START + timedelta(days=day, minutes=1))
        if not seen or seen[-1] is not world.state:
            seen.append(world.state)
    assert seen == [State.TIER_1, State.TIER_2, State.TIER_3, State.OFF_PLATFORM]
    assert [m.to_email for m in world.mails()] == ["sue@client.example"]
    for update in world.public():
        print(update.say.text[:80], update.status, update.fields)


def test_the_first_update_is_due_after_48_business_hours():
    world = World()
    world.arrive()
    assert world.due(Timer.NEXT_UPDATE) == datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
