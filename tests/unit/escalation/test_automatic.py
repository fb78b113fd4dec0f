"""Automatic replies are told from answers by one judge, for both parties and on every channel."""

from __future__ import annotations

import pytest

from escalation.language.automatic import Envelope, Speaks
from escalation.model.values import State
from tests.unit.escalation.case_world import MANAGER, CaseWorld, in_tier, local, policy
from tests.unit.escalation.of_many_hands import ANSWERS_LIKE_MACHINES, WrittenReply, replies
from tests.unit.escalation.replies import ANSWERS, AUTOMATIC, BOUNCES

ALL = [(text, Speaks.MACHINE) for texts in AUTOMATIC.values() for text in texts]
ALL += [(text, Speaks.PERSON) for texts in ANSWERS.values() for text in texts]


def machine_by_the_client(text: str) -> bool:
    world = in_tier()
    world.message("Sue Support", text)
    return world.state is not State.OTHER_SIDE_RESPONDED


def machine_by_the_requester(text: str) -> bool:
    world = in_tier()
    world.assigned(status="paymentpending")
    world.requester(text)
    return world.state is State.CONFIRMING_OUTCOME


@pytest.mark.parametrize("judged", [machine_by_the_client, machine_by_the_requester])
def test_no_answer_is_taken_for_automatic_and_one_automatic_in_twenty_may_be_missed(judged: object) -> None:
    found = {text: judged(text) for text, _ in ALL}  # type: ignore[operator]
    wrong = [text for text, who in ALL if who is Speaks.PERSON and found[text]]
    missed = [text for text, who in ALL if who is Speaks.MACHINE and not found[text]]
    machines = sum(who is Speaks.MACHINE for _, who in ALL)
    told = machines - len(missed)
    print(f"{judged.__name__}: precision {told / (told + len(wrong)):.1%}, recall {told / machines:.1%}")  # type: ignore[attr-defined]
    assert len(ALL) >= 160
    assert wrong == []
    assert len(missed) * 20 <= machines, missed


def counted(party: str, aside: bool) -> tuple[list[WrittenReply], list[WrittenReply], list[WrittenReply]]:
    """One party's replies of one part: the automatic ones, those of them that were missed, and answers unheard."""
    part = [reply for reply in replies() if reply.party == party and reply.aside == aside]
    judged = {reply.name: policy().who_speaks(reply.text, reply.envelope) for reply in part}
    machines = [reply for reply in part if reply.who is Speaks.MACHINE]
    missed = [reply for reply in machines if judged[reply.name] is not Speaks.MACHINE]
    answers = [reply for reply in part if reply.who is Speaks.PERSON]
    unheard = [reply for reply in answers if not judged[reply.name].may_answer]
    told = len(machines) - len(missed)
    precision, recall = told / max(1, told + len(unheard)), told / max(1, len(machines))
    unsure = sum(judged[reply.name] is Speaks.UNSURE for reply in answers)
    print(
        f"{party}, {'aside' if aside else 'known'}: precision {precision:.1%}, recall {recall:.1%}; "
        f"{len(answers)} answers, {unsure} of them to be looked at; {len(machines)} automatic"
    )
    return machines, missed, unheard


@pytest.mark.parametrize("party", ["other", "requester"])
def test_of_many_hands_no_answer_goes_unheard_and_one_automatic_reply_in_twenty_may_be_missed(party: str) -> None:
    machines, missed, unheard = counted(party, aside=False)
    assert [reply.name for reply in unheard] == []
    assert len(missed) * 20 <= len(machines), [reply.name for reply in missed]


def test_of_the_replies_that_were_set_aside_no_answer_goes_unheard() -> None:
    """Of this part only numbers are shown: whoever reads what was missed tunes on it."""
    other, requester = counted("other", aside=True), counted("requester", aside=True)
    assert len(other[2]) + len(requester[2]) == 0
    assert (len(other[1]) + len(requester[1])) * 10 <= len(other[0]) + len(requester[0])


@pytest.mark.parametrize("text", ANSWERS_LIKE_MACHINES)
def test_an_answer_in_the_words_of_machines_is_heard(text: str) -> None:
    assert policy().who_speaks(text).may_answer


def test_what_nobody_can_tell_for_sure_is_an_answer_that_agents_are_asked_to_look_at() -> None:
    world = in_tier()
    world.message("Sue Support", "I am out of the office until Monday. Kim has the sheet.")
    assert world.state is State.OTHER_SIDE_RESPONDED
    assert any("may be an automatic reply" in note for note in world.notes())


def test_a_subject_that_says_automatic_over_words_of_the_matter_is_heard() -> None:
    envelope = Envelope(subject="Automatic reply: assignment 880011")
    assert policy().who_speaks("I approved it.", envelope) is Speaks.UNSURE
    assert policy().who_speaks("", envelope) is Speaks.MACHINE


@pytest.mark.parametrize("text", BOUNCES)
def test_what_could_not_be_delivered_is_told_to_agents_as_that(text: str) -> None:
    world = in_tier(2)
    world.reply(MANAGER, text)
    assert world.state is State.TIER_2
    assert "could not be delivered" in world.notes()[-1]


@pytest.mark.parametrize(
    "text",
    [
        "Fehler bei der Zustellung des Materials, deshalb noch nicht fertig.",
        "Error en la entrega del material, por eso no he aprobado.",
        "Falha na entrega do material, por isso ainda não aprovei.",
        "Mancato recapito del materiale: il tecnico torna lunedì.",
        "Undelivered parts were the reason, we have approved it now.",
    ],
)
def test_a_delivery_of_goods_that_failed_is_an_answer(text: str) -> None:
    world = in_tier(2)
    world.reply(MANAGER, text)
    assert world.state is State.OTHER_SIDE_RESPONDED


def test_a_mail_system_is_known_by_its_address() -> None:
    world = in_tier(2)
    world.reply("MAILER-DAEMON@client.example", "550 5.1.1 No such user here.")
    assert "could not be delivered" in world.notes()[-1]


@pytest.mark.parametrize(
    ("subject", "who"),
    [
        ("Automatic reply: assignment 880011", Speaks.MACHINE),
        ("Automatische Antwort: assignment 880011", Speaks.MACHINE),
        ("R\u00e9ponse automatique\u00a0: assignment 880011", Speaks.MACHINE),
        ("Re: Automatic reply: assignment 880011", Speaks.PERSON),
        ("Undeliverable: assignment 880011", Speaks.MAIL_SYSTEM),
    ],
)
def test_a_subject_tells(subject: str, who: Speaks) -> None:
    assert policy().who_speaks("Hello.", Envelope(subject=subject)) is who


@pytest.mark.parametrize(
    ("name", "value", "who"),
    [
        ("auto-submitted", "auto-replied (vacation)", Speaks.MACHINE),
        ("auto-submitted", "no", Speaks.PERSON),
        ("x-autoreply", "yes", Speaks.MACHINE),
        ("precedence", "auto_reply", Speaks.MACHINE),
        ("precedence", "bulk", Speaks.PERSON),
    ],
)
def test_headers_tell(name: str, value: str, who: Speaks) -> None:
    assert policy().who_speaks("Hello.", Envelope(headers={name: value})) is who


AWAY = "I am out of the office until Monday."


def statuses(world: CaseWorld) -> list[object]:
    return [update.status for update in world.ticket_updates()][-1:]


def test_an_automatic_reply_of_the_requester_leaves_the_tier_and_puts_its_status_back() -> None:
    world = in_tier()
    world.requester(AWAY)
    assert (world.state, statuses(world), world.case.requester_open) == (State.TIER_1, [State.TIER_1], False)


def test_an_automatic_reply_of_the_requester_does_not_bring_an_ended_case_back() -> None:
    world = in_tier()
    world.assigned(status="paymentpending")
    world.pass_time(local(2026, 3, 6, 10))
    assert world.state is State.RESOLVED
    world.requester(AWAY)
    assert (world.state, statuses(world)) == (State.RESOLVED, [State.RESOLVED])


def test_an_automatic_reply_leaves_open_what_a_real_reply_opened_for_an_agent() -> None:
    world = in_tier()
    world.requester("Any news?")
    world.requester(AWAY)
    assert world.case.requester_open
    assert statuses(world) == [State.TIER_1]
