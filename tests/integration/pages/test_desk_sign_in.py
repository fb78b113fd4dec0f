"""Signing in to the desk's page by Zendesk, and every way in which somebody else might try."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from parley.pages.desk.by_zendesk import AT_FIRST, BEGUN
from parley.pages.desk.signed_in import COOKIE, SignedIn
from sandbox.zendesk.records.records import User
from tests.integration.pages.signing_in import (
    BACK,
    HOME,
    OPERATORS,
    PersonAtBrowser,
    SignInDesk,
    asked,
    desks,
    the_policy,
)
from tests.servers.shared import Servers


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[SignInDesk]:
    with desks(tmp_path) as make:
        yield make()


@pytest.fixture
def browser(desk: SignInDesk) -> Iterator[PersonAtBrowser]:
    with desk.browser() as made:
        yield made


def is_signed_in(browser: PersonAtBrowser) -> bool:
    return browser.get("/desk").status_code == 200


def join(desk: SignInDesk, user: User, name: str = OPERATORS) -> None:
    number = desk.account.next_id()
    desk.account.groups[number] = {"id": number, "name": name, "default": False, "deleted": False}
    user.group_ids.append(number)


def test_an_agent_signs_in_and_is_where_they_wanted_to_go(desk: SignInDesk, browser: PersonAtBrowser) -> None:
    answer = browser.sign_in(desk.agent, "/desk/cases?state=tier_1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/cases?state=tier_1")
    page = browser.get("/desk").text
    assert "<bdi>Ada Agent</bdi>" in page
    assert "reads only" in page


def test_zendesk_is_asked_for_little_and_what_it_gave_is_kept_nowhere(
    desk: SignInDesk, browser: PersonAtBrowser, capfd: pytest.CaptureFixture[str]
) -> None:
    asks = asked(browser.sent_to_zendesk())
    assert (asks["scope"], asks["code_challenge_method"], asks["response_type"]) == ("users:read", "S256", "code")
    browser.sign_in(desk.agent)
    own = ["POST /oauth/tokens", "GET /api/v2/users/me"]
    assert [one for one in desk.calls() if one in own][:2] == own
    assert "users:read" not in desk.sandbox.zendesk.gate.minted
    tokens = list(desk.sandbox.zendesk.gate._people)
    assert tokens
    kept = repr(desk.rows()) + repr(browser.cookies) + "".join(capfd.readouterr())
    assert not any(token in kept for token in tokens)


def test_the_browser_holds_a_number_and_the_store_its_hash(desk: SignInDesk, browser: PersonAtBrowser) -> None:
    cookies = browser.sign_in(desk.agent).headers.get_list("set-cookie")
    (session,) = [one for one in cookies if one.startswith(COOKIE) and "Max-Age=28800" in one]
    assert session.endswith("; Path=/; Secure; HttpOnly; SameSite=Lax")
    token = session.removeprefix(f"{COOKIE}=").partition(";")[0]
    assert token not in repr(desk.rows())
    assert json.loads(desk.rows()[0][1])["person"] == f"Zendesk user {desk.agent.id}"


def test_admins_and_agents_of_the_policys_group_may_act(desk: SignInDesk) -> None:
    join(desk, desk.agent)
    for user in (desk.account.admin, desk.agent):
        with desk.browser() as browser:
            browser.sign_in(user)
            assert "reads only" not in browser.get("/desk").text


def test_where_groups_are_not_told_an_agent_reads(desk: SignInDesk, browser: PersonAtBrowser) -> None:
    join(desk, desk.agent)
    back = browser.allowed(browser.sent_to_zendesk(), desk.agent)
    desk.sandbox.faults.next("zendesk", "GET", "/groups$", status=403, times=9)
    browser.come_back(back)
    assert "did not say which groups" in browser.get("/desk").text


@pytest.mark.parametrize("kind", ["end-user", "light", "restricted"])
def test_who_may_not_see_every_ticket_in_zendesk_is_not_let_in(
    desk: SignInDesk, browser: PersonAtBrowser, kind: str
) -> None:
    user = desk.account.add_user("Wanda Worker", "wanda@example.com", "end-user" if kind == "end-user" else "agent")
    user.role_type = 1 if kind == "light" else None
    user.ticket_restriction = "groups" if kind == "restricted" else None
    answer = browser.sign_in(user)
    assert (answer.status_code, desk.rows()) == (403, [])
    assert not is_signed_in(browser)


def test_who_denies_it_is_not_signed_in(desk: SignInDesk, browser: PersonAtBrowser) -> None:
    answer = browser.come_back(browser.allowed(browser.sent_to_zendesk(), None))
    assert answer.status_code == 403
    assert "broken off" in answer.text
    assert desk.calls()[-1] == "POST /oauth/authorizations"


def test_a_session_ends_after_eight_hours(desk: SignInDesk, browser: PersonAtBrowser) -> None:
    browser.sign_in(desk.agent)
    desk.clock.move(timedelta(hours=7, minutes=59))
    assert is_signed_in(browser)
    desk.clock.move(timedelta(minutes=1))
    assert not is_signed_in(browser)


def test_a_session_that_has_ended_is_kept_no_longer_though_nobody_signs_in(
    desk: SignInDesk, browser: PersonAtBrowser
) -> None:
    browser.sign_in(desk.agent)
    desk.clock.move(timedelta(hours=5))
    with desk.browser() as other:
        other.sign_in(desk.account.admin)
        desk.clock.move(timedelta(hours=3))
        desk.app.time.look()
        desk.app.prune(desk.app.pruner(lambda _: False))
        assert len(desk.rows()) == 1
        assert is_signed_in(other)


def test_who_signs_out_is_signed_out_everywhere(desk: SignInDesk, browser: PersonAtBrowser) -> None:
    browser.sign_in(desk.agent)
    token = browser.cookies[COOKIE]
    assert browser.post("/desk/sign-out", {}).headers["location"] == "/desk/signed-out"
    assert COOKIE not in browser.cookies
    assert "Nobody is signed in" in browser.get("/desk/signed-out").text
    assert (browser.get("/desk", {"Cookie": f"{COOKIE}={token}"}).status_code, desk.rows()) == (303, [])


def test_another_site_signs_nobody_out(desk: SignInDesk, browser: PersonAtBrowser) -> None:
    browser.sign_in(desk.agent)
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert browser.post("/desk/sign-out", {}, headers).status_code == 403
    assert is_signed_in(browser)


def test_each_sign_in_has_a_session_of_its_own_in_the_place_of_the_one_before(
    desk: SignInDesk, browser: PersonAtBrowser
) -> None:
    browser.sign_in(desk.agent)
    first = browser.cookies[COOKIE]
    back = browser.allowed(str(browser.get("/desk/sign-in/zendesk").headers["location"]), desk.account.admin)
    browser.come_back(back)
    assert browser.cookies[COOKIE] != first
    assert len(desk.rows()) == 1


def test_a_session_that_somebody_plants_is_nobodys(desk: SignInDesk, browser: PersonAtBrowser) -> None:
    planted = "a" * 64
    browser.cookies.set(COOKIE, planted, domain="desk.test")
    browser.sign_in(desk.agent)
    assert not any(planted in repr(row) for row in desk.rows())
    assert browser.get("/desk", {"Cookie": f"{COOKIE}={planted}"}).status_code == 303


def test_a_sign_in_is_of_the_browser_that_began_it(desk: SignInDesk, browser: PersonAtBrowser) -> None:
    """Somebody sends their own way back to another, or has caught theirs."""
    back = browser.allowed(browser.sent_to_zendesk(), desk.agent)
    with desk.browser() as other:
        assert "not begun in this browser" in other.come_back(back).text
        other.sent_to_zendesk()
        assert "not begun in this browser" in other.come_back(back).text
    assert "POST /oauth/tokens" not in desk.calls()
    assert desk.rows() == []


def test_a_way_back_is_good_once(desk: SignInDesk, browser: PersonAtBrowser) -> None:
    back = browser.allowed(browser.sent_to_zendesk(), desk.agent)
    begun = browser.cookies[BEGUN]
    browser.come_back(back)
    assert browser.come_back(back).status_code == 403
    again = browser.get(back.removeprefix(HOME), {"Cookie": f"{BEGUN}={begun}"})
    assert "used already" in again.text
    assert len(desk.rows()) == 1


@pytest.mark.parametrize(("minutes", "said"), [(3, "took too long"), (10, "too long ago")])
def test_a_sign_in_that_took_too_long_is_begun_anew(
    desk: SignInDesk, browser: PersonAtBrowser, minutes: int, said: str
) -> None:
    back = browser.allowed(browser.sent_to_zendesk(), desk.agent)
    desk.clock.move(timedelta(minutes=minutes))
    answer = browser.come_back(back)
    assert (answer.status_code, desk.rows()) == (403, [])
    assert said in answer.text


def test_a_code_of_another_account_opens_nothing(
    desk: SignInDesk, browser: PersonAtBrowser, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    with desks(tmp_path / "other") as make:
        foreign = make()
        foreign.account.random.seed(7)
        address = browser.sent_to_zendesk()
        with foreign.browser() as stranger:
            back = stranger.allowed(address, foreign.account.admin)
        answer = browser.come_back(back)
    assert (answer.status_code, desk.rows()) == (403, [])
    assert foreign.calls()[-1] == "POST /oauth/authorizations"


def test_a_code_needs_the_verifier_of_who_began(desk: SignInDesk, browser: PersonAtBrowser) -> None:
    with desk.browser() as other:
        stolen = asked(other.allowed(other.sent_to_zendesk(), desk.account.admin))["code"]
    state = asked(browser.sent_to_zendesk())["state"]
    answer = browser.get(f"/desk/signed-in?code={stolen}&state={state}")
    assert (answer.status_code, desk.rows()) == (403, [])


def test_a_host_that_looks_like_ours_gets_nobody(desk: SignInDesk) -> None:
    """The way back is the one that the settings say, whatever host a request names."""
    with desk.browser("https://desk.test.evil.example") as browser:
        answer = browser.get("/desk/sign-in/zendesk?to=https://evil.example")
        assert answer.headers["location"].startswith(f"{HOME}/desk/sign-in/zendesk?")
        again = browser.get("/desk/sign-in/zendesk?moved=1")
        assert asked(again.headers["location"])["redirect_uri"] == BACK


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example",
        "https://evil.example/desk",
        "/desk/../x",
        "/\\evil.example",
        "/desk/sign-out",
        "%0d%0aA: b",
    ],
)
def test_signing_in_leads_to_no_other_place(desk: SignInDesk, browser: PersonAtBrowser, to: str) -> None:
    address = str(browser.get(f"/desk/sign-in/zendesk?to={to}").headers["location"])
    assert browser.come_back(browser.allowed(address, desk.agent)).headers["location"] == "/desk"


def test_what_zendesk_does_not_answer_is_said_kindly(desk: SignInDesk, browser: PersonAtBrowser) -> None:
    back = browser.allowed(browser.sent_to_zendesk(), desk.agent)
    desk.sandbox.faults.next("zendesk", "POST", "/oauth/tokens", status=500)
    answer = browser.come_back(back)
    assert (answer.status_code, desk.rows()) == (503, [])
    assert "could not be asked" in answer.text


def test_many_who_come_back_at_once_do_not_use_zendesk_up(desk: SignInDesk, browser: PersonAtBrowser) -> None:
    browser.sent_to_zendesk()
    begun, state = browser.cookies[BEGUN], asked(browser.sent_to_zendesk())["state"]
    held = {"Cookie": f"{BEGUN}={browser.cookies[BEGUN]}"}
    assert begun
    statuses = [browser.get(f"/desk/signed-in?code=x&state={state}", held).status_code for _ in range(AT_FIRST + 5)]
    assert 429 in statuses
    assert desk.calls().count("POST /oauth/tokens") <= AT_FIRST + 3


def test_a_new_secret_ends_all_sessions(desk: SignInDesk, browser: PersonAtBrowser) -> None:
    browser.sign_in(desk.agent)
    token = browser.cookies[COOKIE]
    assert SignedIn(desk.app.store, desk.clock, desk.app.values.sign_in_client_secret).viewer_of(token) is not None
    assert SignedIn(desk.app.store, desk.clock, "another").viewer_of(token) is None


@pytest.mark.parametrize(
    "body", ["", "{}", "[]", "no json", '{"name": "x", "person": "y", "may_operate": 1, "why_not": ""}']
)
def test_a_damaged_session_is_none(desk: SignInDesk, browser: PersonAtBrowser, body: str) -> None:
    browser.sign_in(desk.agent)
    with desk.app.store._write_engine.connect() as connection:
        connection.exec_driver_sql("UPDATE sessions SET body = ?", (body,))
        connection.commit()
    assert not is_signed_in(browser)


def test_a_page_that_refreshes_after_the_end_leads_to_the_sign_in(browser: PersonAtBrowser) -> None:
    answer = browser.get("/desk/cases", {"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/desk/sign-in?to=%2Fdesk%2Fcases")


HOSTILE = '"><script>alert(1)</script>{{ 7*7 }}'


def test_a_hostile_name_stays_a_name(desk: SignInDesk, browser: PersonAtBrowser) -> None:
    desk.agent.name = HOSTILE
    browser.sign_in(desk.agent)
    page = browser.get("/desk").text
    assert "<script>alert" not in page
    assert "{{ 7*7 }}" in page


def test_without_its_settings_there_is_no_such_page(tmp_path: Path) -> None:
    with desks(tmp_path) as make, make(sign_in_client_secret="").browser() as browser:
        assert browser.get("/desk").status_code == 404
        assert browser.get("/desk/sign-in").status_code == 404


def test_without_a_group_in_the_policy_zendesk_is_not_asked_for_any(tmp_path: Path) -> None:
    with desks(tmp_path) as make:
        desk = make(the_policy(""))
        with desk.browser() as browser:
            browser.sign_in(desk.agent)
        assert not any(one.endswith("/groups") for one in desk.calls())


def test_people_sign_in_and_out_with_postgresql(servers: Servers, tmp_path: Path) -> None:
    with servers.database() as url, desks(tmp_path, url) as make:
        desk = make()
        desk.agent.name = "Zoë 'Ada' \x00 \u202e"
        with desk.browser() as browser, desk.browser() as other:
            browser.sign_in(desk.agent, "/desk/cases?q=%00")
            other.sign_in(desk.account.admin)
            assert "<bdi>Zoë &#39;Ada&#39;</bdi>" in browser.get("/desk").text
            assert len(desk.rows()) == 2
            browser.post("/desk/sign-out", {})
            assert (is_signed_in(browser), is_signed_in(other), len(desk.rows())) == (False, True, 1)
            desk.clock.move(timedelta(hours=8))
            assert not is_signed_in(other)
            desk.app.time.look()
            desk.app.prune(desk.app.pruner(lambda _: False))
            assert desk.rows() == []


def test_an_address_with_too_many_fields_is_bad_input_and_begins_nothing(browser: PersonAtBrowser) -> None:
    for path in ("/desk/sign-in", "/desk/sign-in/zendesk", "/desk/signed-in"):
        answer = browser.get(f"{path}?" + "&".join(["a=1"] * 30))
        assert (answer.status_code, "set-cookie" in answer.headers) == (400, False)
