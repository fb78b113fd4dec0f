"""Each reader in their own language: the requester, and the other side in the company's; notes in English."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.desk import TIER_1, WANDA, Desk, OpenDesk, ny
from tests.pseudo import LANGUAGE, MARK, pseudo_texts

SPANISH, GERMAN = "Saludos cordiales\nEl equipo de escalamientos de WorkMarket", "Freundliche Grüße"
ENGLISH = "Kind regards\nThe WorkMarket escalations desk"
SIGNED = {"en": ENGLISH, "es-419": SPANISH, "de": GERMAN}


def speaks(desk: Desk, locale: str | None, zone: str = "", email: str = WANDA) -> None:
    desk.people.choose_language(email, locale, zone)


def assert_all_in(language: str, said: list[str]) -> None:
    others = [sign for name, sign in SIGNED.items() if name != language]
    assert said
    for one in said:
        assert SIGNED[language] in one
        assert not any(sign in one for sign in others)


@pytest.mark.parametrize(
    ("locale", "language", "first", "last"),
    [
        ("es-419", "es-419", "dejamos un mensaje, que usted también", "Por lo general se acude a la American"),
        ("de", "de", "Wir haben der anderen Seite bei Ihrem Auftrag", "Üblich ist der Weg über die American"),
    ],
)
def test_a_whole_case_is_told_to_a_requester_in_their_language(
    desk: Desk, locale: str, language: str, first: str, last: str
):
    speaks(desk, locale)
    _, ticket = desk.begun()
    desk.until(ny("2026-04-03 12:00"))
    said = desk.said(ticket)
    assert desk.state(ticket) == "off_platform"
    assert len(said) > 8
    assert_all_in(language, said)
    assert first in said[0]
    assert last in said[-1]
    assert desk.told(ticket)["language"] == language
    for note in desk.notes(ticket):
        assert not re.search(r"\b(asignación|Auftrag|otra parte|andere Seite)\b", note)


def test_the_moments_of_a_text_are_in_the_requesters_language_and_zone(desk: Desk):
    speaks(desk, "es-419", "America/Mexico_City")
    ticket = desk.submit(desk.assignment(said=True, ago=(ny("2026-03-02 10:00") - ny("2026-02-27 10:00"))))
    (said,) = desk.said(ticket)
    assert desk.state(ticket) == "waiting_for_date"
    assert "el miércoles 4 de marzo de 2026 a las 09:00 CST." in said
    assert "Wed 4 Mar 2026, 10:00 EST" in desk.notes(ticket)[0]


def test_the_other_side_is_written_to_in_the_companys_language(desk: Desk):
    speaks(desk, "es-419")
    number, ticket = desk.begun(tier=2)
    assert all("The worker on assignment" in message for message in desk.messages(number))
    conversation = desk.zendesk.conversations(ticket)[-1]
    assert conversation["subject"].startswith("WorkMarket escalations desk")
    assert_all_in("es-419", desk.said(ticket))


def test_another_company_is_written_to_in_its_language_and_the_requester_in_theirs(open_desk: OpenDesk):
    desk = open_desk(language="es-419")
    speaks(desk, "en-US")
    number, ticket = desk.begun(tier=2)
    assert all("La persona que trabaja en la asignación" in message for message in desk.messages(number))
    assert desk.zendesk.conversations(ticket)[-1]["subject"].startswith("Equipo de escalamientos")
    assert_all_in("en", desk.said(ticket))
    assert desk.state(ticket) == "tier_2"


def test_a_letter_about_several_cases_is_in_the_companys_language(open_desk: OpenDesk):
    desk = open_desk(language="es-419")
    tickets = [desk.begun()[1] for _ in range(3)]
    desk.until(desk.due(tickets[0], "tier_ends") + timedelta(hours=5))
    (digest,) = [one for ticket in tickets[1:] for one in desk.zendesk.conversations(ticket)]
    assert digest["subject"] == "Equipo de escalamientos de WorkMarket: varias asignaciones"
    body = digest["events"][0]["message"]["body"]
    assert [body.count(words) for words in ("Asignación ", "Si no tenemos noticias, ")] == [2, 2]
    assert not re.search(r"\b(assignment|If we hear|Scheduled|Kind regards)\b", body)


def test_a_requester_whose_language_has_no_texts_is_written_to_in_the_policys(desk: Desk):
    speaks(desk, "pt-BR")
    _, ticket = desk.begun()
    assert_all_in("en", desk.said(ticket))
    assert desk.told(ticket)["language"] == "en"


@pytest.mark.parametrize(
    ("locale", "brands", "language"),
    [
        ("pt-BR", {"1": "es-419"}, "es-419"),
        ("pt-BR", {"2": "es-419"}, "en"),
        ("de", {"1": "es-419"}, "de"),
        (None, {"1": "es-419"}, "es-419"),
    ],
)
def test_where_their_own_has_no_texts_the_brands_language_is_theirs(
    open_desk: OpenDesk, locale: str | None, brands: dict[str, str], language: str
):
    desk = open_desk(brand_languages=brands)
    speaks(desk, locale)
    _, ticket = desk.begun()
    assert_all_in(language, desk.said(ticket))


def test_a_language_that_is_changed_during_a_case_is_followed_and_written_down(desk: Desk):
    speaks(desk, "en-US")
    _, ticket = desk.begun()
    speaks(desk, "es")
    desk.reply(ticket, "Gracias.")
    assert desk.journal(ticket).count("writing in es-419") == 1
    desk.until(ny("2026-03-06 12:00"))
    said = desk.said(ticket)
    assert_all_in("en", said[:1])
    assert_all_in("es-419", [one for one in said[1:] if one != "Gracias."])
    assert desk.told(ticket)["language"] == "es-419"


def test_a_zone_that_is_changed_during_a_case_is_followed_and_written_down(desk: Desk):
    speaks(desk, "de")
    _, ticket = desk.begun()
    speaks(desk, "de", "Europe/Berlin")
    desk.reply(ticket, "Danke.")
    assert desk.journal(ticket).count("telling moments in Europe/Berlin") == 1
    assert not [line for line in desk.journal(ticket) if line.startswith("writing in")]


def test_a_question_that_is_open_is_repeated_in_the_new_language(desk: Desk):
    ticket = desk.submit(desk.assignment(said=False))
    assert desk.state(ticket) == "waiting_on_requester"
    speaks(desk, "de")
    desk.reply(ticket, "Danke.")
    desk.agent(ticket, comment="Noted.", public=False)
    ticket_2 = desk.submit("999", requester_email="w2@example.com")
    speaks(desk, "de", email="w2@example.com")
    desk.agent(ticket_2, comment="Seen.", public=False)
    desk.until(desk.due(ticket_2, "reminder"))
    reminder = desk.said(ticket_2)[-1]
    assert "Wir finden keinen Auftrag mit der Nummer 999." in reminder
    assert_all_in("de", [reminder])


def test_the_macro_of_the_cases_language_is_said_as_the_team_wrote_it(open_desk: OpenDesk):
    desk = open_desk(languages=("en", "es-419"))
    desk.rewrite(f"{TIER_1} (es)", "Hola, somos el equipo. {{ticket.id}}")
    speaks(desk, "es-419")
    _, ticket = desk.begun()
    assert f"Hola, somos el equipo. {ticket}" in desk.said(ticket)[0]
    assert "Hemos revisado su solicitud" in desk.said(ticket)[0]


def test_without_macros_in_a_language_the_desks_own_text_of_it_is_said(desk: Desk):
    desk.rewrite(TIER_1, "Hello from the team.")
    speaks(desk, "es-419")
    _, ticket = desk.begun()
    assert "dejamos un mensaje, que usted también puede leer" in desk.said(ticket)[0]
    assert "Hello from the team" not in desk.said(ticket)[0]


def test_an_agent_moves_a_case_by_a_macro_in_any_language(open_desk: OpenDesk):
    desk = open_desk(languages=("en", "es-419"))
    speaks(desk, "es-419")
    ticket = desk.submit(desk.assignment(), verified=False)
    assert desk.state(ticket) == "needs_review"
    desk.agent(ticket, macro=f"{TIER_1} (es)")
    assert desk.state(ticket) == "tier_1"
    assert_all_in("es-419", desk.said(ticket))


def test_a_macro_that_is_internal_in_one_language_is_named_to_agents(open_desk: OpenDesk):
    desk = open_desk(languages=("en", "es-419"))
    desk.rewrite(f"{TIER_1} (es)", "Entre nosotros.", comment_mode_is_public="false")
    speaks(desk, "es-419")
    _, ticket = desk.begun()
    assert "dejamos un mensaje" in desk.said(ticket)[0]
    assert any(f"“{TIER_1} (es)”" in note for note in desk.notes(ticket))


def test_every_text_of_a_case_goes_through_the_readers_language(open_desk: OpenDesk):
    desk = open_desk(texts=pseudo_texts())
    speaks(desk, LANGUAGE, "Asia/Jerusalem")
    _, ticket = desk.begun()
    desk.until(ny("2026-04-03 12:00"))
    assert desk.state(ticket) == "off_platform"
    for said in desk.said(ticket):
        assert all(MARK in line for line in said.split("\n") if line.strip())
