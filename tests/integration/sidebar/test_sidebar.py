"""The sidebar beside its ticket, in Chromium: what it shows, what it asks, and what its buttons fill in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.integration.sidebar.fake_host import CASE_FIELD, DESK, DUE_FIELD, FakeHost, example

pytestmark = pytest.mark.browser
MOST_FILES, MOST_ASKED = 10, 3


def test_an_agent_sees_where_the_case_stands_and_whose_turn_it_is(host: FakeHost) -> None:
    frame = host.open(example("worker_in_tier_2"))
    expect(frame.get_by_role("heading", level=1)).to_have_text(
        "It is in tier 2: the other side is contacted directly."
    )
    expect(frame.locator("header")).to_contain_text("Assignment 3104482017: Replace the card reader at register 3")
    expect(frame.locator(".chips li")).to_have_text(["Tier 2", "Worker’s case"])
    expect(frame.locator(".turn")).to_contain_text("The other side’s turn. Pat Manager was written to")


@pytest.mark.parametrize("name", ["worker_in_tier_2", "client_in_review", "resolved"])
def test_nothing_that_is_not_told_is_shown_as_a_word_of_the_machine(host: FakeHost, name: str) -> None:
    shown = host.open(example(name)).locator("main").text_content() or ""
    assert re.findall(r"\b(?:false|true|null|undefined|NaN|\[object \w+\])\b|[{}]", shown) == []


def test_the_next_three_deadlines_are_counted_from_the_desks_clock_and_tell_why_on_demand(host: FakeHost) -> None:
    frame = host.open(example("worker_in_tier_2"))
    rows = frame.get_by_role("region", name="What happens next").locator("> ol > li")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("in 1 day 4 h")
    expect(rows.nth(1)).to_contain_text("Moved on Thu 5 Mar 2026, 04:00 EST, from Fri 6 Mar 2026, 10:02 EST.")
    expect(rows.nth(1)).to_contain_text("Ada Agent: She paused the case for a day.")
    why = rows.nth(0).get_by_text("Counted from the last public comment")
    expect(why).to_be_hidden()
    rows.nth(0).get_by_text("Why then?").click()
    expect(why).to_be_visible()


def test_the_check_shows_what_does_not_hold_with_its_remedy_and_keeps_the_rest_folded(host: FakeHost) -> None:
    frame = host.open(example("client_in_review"))
    check = frame.get_by_role("region", name="The check")
    expect(check.locator("> ul > li")).to_have_count(4)
    expect(check).to_contain_text("Other side contacted · not met, but can be mended")
    expect(check).to_contain_text("What would help: A message on the assignment")
    expect(check.get_by_text("Cleo Client posted the assignment.")).to_be_hidden()
    check.get_by_text("What is fine (1)").click()
    expect(check.get_by_text("Cleo Client posted the assignment.")).to_be_visible()


def test_what_is_stuck_is_told_with_what_to_do(host: FakeHost) -> None:
    stuck = host.open(example("client_in_review")).get_by_role("region", name="Stuck")
    expect(stuck.locator("li")).to_have_count(2)
    expect(stuck).to_contain_text("What to do: Fill in another address, or ask an administrator")
    expect(stuck).to_contain_text("Since Tue 3 Mar 2026, 03:00 EST")


def test_a_pause_tells_its_end_who_and_why(host: FakeHost) -> None:
    frame = host.open(example("client_in_review"))
    expect(frame.locator("header .notice")).to_contain_text("Paused: goes on in 1 day 4 h")
    expect(frame.locator("header .notice")).to_contain_text("Ada Agent: The client is away until Friday.")


def test_the_other_sides_case_can_be_opened(host: FakeHost) -> None:
    frame = host.open(example("client_in_review"))
    frame.get_by_role("button", name="Open ticket #4698").click()
    expect(frame.get_by_role("region", name="The other side’s case")).to_contain_text("Tell neither requester")
    host.page.wait_for_function("host.invoked.some(one => one[0] === 'routeTo')")
    assert host.did("invoked") == [["routeTo", "ticket", "4698"]]


def test_the_last_word_of_the_other_side_is_text_and_never_markup(host: FakeHost) -> None:
    frame = host.open(example("client_in_review"))
    expect(frame.get_by_role("region", name="The other side’s last word")).to_contain_text("<img src=x onerror=")
    assert frame.locator("main img").count() == 0
    assert frame.evaluate("document.title") == "Parley"


HOSTILE = (
    '"><img src=x onerror="top.hit=1"><script>top.hit=1</script><a href="javascript:top.hit=1">{{x}}\u202egpj\n'
)


def spoilt(value: Any) -> Any:
    """A case in which all that are words, and no codes or moments, are ten thousand signs of somebody's attack."""
    if isinstance(value, dict):
        return {name: spoilt(one) for name, one in value.items()}
    if isinstance(value, list):
        return [spoilt(one) for one in value]
    is_words = isinstance(value, str) and not re.fullmatch(r"[a-z0-9_:.+\-TZ]*", value)
    return HOSTILE + value + "w" * 10_000 if is_words else value


@pytest.mark.parametrize("name", ["worker_in_tier_2", "client_in_review"])
def test_words_of_people_are_words_wherever_they_stand(host: FakeHost, name: str) -> None:
    frame = host.open(spoilt(example(name)))
    assert "<img src=x onerror=" in (frame.locator("main").text_content() or "")
    assert frame.locator("main").locator("img, script, iframe, object, a[href^=javascript]").count() == 0
    assert host.page.evaluate("window.hit") is None
    assert frame.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_silence_of_the_other_side_is_said(host: FakeHost) -> None:
    frame = host.open(example("worker_in_tier_2"))
    expect(frame.get_by_role("region", name="The other side’s last word")).to_contain_text(
        "Nothing has been heard from them."
    )


def test_what_was_sent_is_read_on_demand_and_files_have_their_size(host: FakeHost) -> None:
    frame = host.open(example("worker_in_tier_2"))
    sent = frame.get_by_role("region", name="What was sent")
    expect(sent).to_contain_text("Pat Manager <pat@client.example>")
    sent.get_by_text("Read it").first.click()
    expect(sent.get_by_text("this e-mail comes from the WorkMarket escalations desk")).to_be_visible()
    expect(frame.get_by_role("region", name="Files")).to_contain_text("before-and-after.jpg 1.8 MB")


def test_the_desk_is_asked_with_the_tickets_key_and_a_key_that_the_browser_never_has(host: FakeHost) -> None:
    frame = host.open(example("worker_in_tier_2"))
    assert "key-of-4711" not in frame.content()
    asked = host.did("asked")
    assert [(one["secure"], one["cors"]) for one in asked] == [(True, False)]
    assert asked[0]["headers"]["X-Parley-Installation"] == "{{setting.installation_key}}"
    assert host.reached == [
        {
            "method": "GET",
            "url": f"{DESK}/api/sidebar/cases/4711?language=en",
            "headers": {"X-Parley-Installation": "kept-by-zendesk", "X-Parley-Capability": "key-of-4711"},
        }
    ]


def test_a_macro_is_applied_to_the_open_ticket_and_nothing_is_submitted(host: FakeHost) -> None:
    frame = host.open(example("worker_in_tier_2"))
    button = frame.get_by_role("button", name="Tier 3: account manager")
    assert button.evaluate("one => document.getElementById(one.getAttribute('aria-describedby')).innerText") == (
        "Sets: the status to “Tier 3: account manager”; Escalation tier to “Tier 3: account manager”; the macro’s "
        "text as a public comment. Parley writes to the account manager, then this goes to the requester."
    )
    button.click()
    expect(frame.locator("[role=status]:not(:empty)")).to_have_text(
        "“Tier 3: account manager” is filled in. It takes effect when you submit the ticket."
    )
    assert host.did("invoked") == [["macro", 3601]]
    assert [one["method"] for one in host.reached] == ["GET"]


def test_a_field_is_set_and_a_tag_added_in_the_tickets_form(host: FakeHost) -> None:
    frame = host.open(example("worker_in_tier_2"))
    frame.get_by_role("button", name="Other side responded").click()
    frame.get_by_role("button", name="Pause").click()
    expect(frame.locator("[role=status]:not(:empty)")).to_contain_text("“Pause” is filled in.")
    assert host.did("set") == [["ticket.customField:custom_field_7103", True]]
    assert host.did("invoked") == [["ticket.tags.add", "escalation_pause"]]


def test_what_could_not_be_filled_in_is_said(host: FakeHost) -> None:
    frame = host.open(example("worker_in_tier_2"))
    host.page.evaluate("host.missing.push('macro')")
    frame.get_by_role("button", name="Requester update").click()
    expect(frame.locator("[role=status]:not(:empty)")).to_contain_text("“Requester update” could not be filled in.")


def test_no_button_stands_out_and_none_changes_anything_by_being_shown(host: FakeHost) -> None:
    frame = host.open(example("worker_in_tier_2"))
    backgrounds = "all => [...new Set(all.map(one => getComputedStyle(one).backgroundColor))]"
    assert frame.locator("button").evaluate_all(backgrounds) == ["rgba(0, 0, 0, 0)"]
    assert host.did("set") == host.did("invoked") == []


@pytest.mark.parametrize(
    ("status", "changes", "told"),
    [
        (404, {}, "There is no case on this ticket"),
        (403, {}, "The desk refuses to show this case"),
        (401, {}, "The desk refuses to show this case"),
        (502, {}, "The desk does not answer"),
        (200, {"settings": {}}, "The app is not set up"),
        (200, {"settings": {"desk_address": "http://parley.example.com"}}, "The app is not set up"),
        (200, {"ticketFields": []}, "The desk has not opened this case to the app yet"),
        (200, {"ticketFields": [], "ticket.tags": ["printer"]}, "There is no case on this ticket"),
    ],
    ids=["no case", "refused", "unknown", "silent", "not set up", "plain http", "no key yet", "not ours"],
)
def test_where_there_is_nothing_to_show_it_says_why_and_can_be_asked_again(
    host: FakeHost, status: int, changes: dict[str, Any], told: str
) -> None:
    frame = host.open({}, status=status, values=changes if "settings" not in changes else {}, **_settings(changes))
    expect(frame.get_by_role("heading", level=1)).to_have_text(told)
    host.answer = (200, example("resolved"))
    if status != 200:
        frame.get_by_role("button", name="Ask again").click()
        expect(frame.get_by_role("heading", level=1)).to_have_text("It has ended: resolved.")


def _settings(changes: dict[str, Any]) -> dict[str, Any]:
    return {"settings": changes["settings"]} if "settings" in changes else {}


def test_it_says_that_it_loads_until_the_desk_answers(host: FakeHost) -> None:
    host.answer = (200, example("resolved"))
    frame = host.open(held=True)
    expect(frame.locator("main")).to_have_attribute("aria-busy", "true")
    expect(frame.get_by_role("heading", level=1)).to_have_text("Parley …")
    host.page.evaluate("host.release()")
    expect(frame.get_by_role("heading", level=1)).to_have_text("It has ended: resolved.")


OVERDUE = {"ticket.tags": ["escalation_party_worker", "escalation_overdue"]}


@pytest.mark.parametrize(
    ("due", "told"),
    [
        (
            "Fri 6 Mar 2026, 10:00 EST",
            "Silent at the latest since the requester was to hear from it: Fri 6 Mar 2026",
        ),
        ("Fri 6 Mar 2099, 10:00 EST", "The requester’s next update, by the ticket: Fri 6 Mar 2099, 10:00 EST"),
        ("vie 6 abr 2026, 10:00 -03", "The requester’s next update, by the ticket: vie 6 abr 2026, 10:00 -03"),
        ("soon", "The requester’s next update, by the ticket: soon"),
    ],
)
def test_a_silent_desk_is_told_since_when_from_the_tickets_own_fields(host: FakeHost, due: str, told: str) -> None:
    values = {**OVERDUE, f"ticket.customField:custom_field_{DUE_FIELD}": due}
    shown = host.open({}, status=502, values=values).locator("main")
    expect(shown).to_contain_text(told)
    expect(shown).to_contain_text("Asked in vain since")
    expect(shown).to_contain_text("The ticket is marked as left alone for too long.")


def test_a_desk_that_falls_silent_leaves_what_was_read_and_says_from_when_it_is(host: FakeHost) -> None:
    frame = host.open(example("worker_in_tier_2"))
    host.answer = (503, {})
    host.fire("ticket.submit.done")
    expect(frame.get_by_text("The desk does not answer")).to_be_visible()
    expect(frame.locator("main")).to_contain_text("What stands below was read")
    expect(frame.get_by_role("region", name="What happens next")).to_be_visible()
    host.answer = (200, example("resolved"))
    host.fire("ticket.submit.done")
    expect(frame.get_by_role("heading", level=1)).to_have_text("It has ended: resolved.")
    expect(frame.get_by_text("The desk does not answer")).to_have_count(0)


def test_an_answer_that_is_no_case_counts_as_silence(host: FakeHost) -> None:
    frame = host.open({"error": "a proxy's own page"})
    expect(frame.get_by_role("heading", level=1)).to_have_text("The desk does not answer")


def test_a_submitted_ticket_is_read_anew_and_what_was_open_and_in_focus_stays(host: FakeHost) -> None:
    frame = host.open(example("worker_in_tier_2"))
    frame.get_by_text("Why then?").first.click()
    frame.get_by_role("button", name="Pause").focus()
    host.answer = (200, example("worker_in_tier_2", waiting_for="Something else."))
    host.fire("ticket.submit.done")
    expect(frame.locator(".turn")).to_contain_text("Something else.")
    expect(frame.get_by_text("Counted from the last public comment")).to_be_visible()
    expect(frame.get_by_role("button", name="Pause")).to_be_focused()


def test_the_keyboard_opens_a_derivation_and_fills_in_a_move(host: FakeHost) -> None:
    frame = host.open(example("worker_in_tier_2"))
    frame.locator("summary").first.focus()
    host.page.keyboard.press("Enter")
    expect(frame.get_by_text("Counted from the last public comment")).to_be_visible()
    for _ in range(20):
        host.page.keyboard.press("Tab")
        if frame.evaluate("document.activeElement.dataset.key") == "move-pause":
            break
    host.page.keyboard.press("Space")
    expect(frame.locator("[role=status]:not(:empty)")).to_contain_text("“Pause” is filled in.")


def test_the_ids_of_fields_that_were_renamed_come_from_the_settings(host: FakeHost) -> None:
    settings = {"desk_address": DESK, "case_field": 9001, "due_field": 9002}
    frame = host.open(example("resolved"), values={"ticketFields": []}, settings=settings)
    expect(frame.get_by_role("heading", level=1)).to_have_text("It has ended: resolved.")


def test_fields_that_the_desk_does_not_tell_yet_are_left_out(host: FakeHost) -> None:
    frame = host.open({"state": "tier_1", "deadlines": [{"kind": "tier_ends", "due": "2026-03-09T15:00:00Z"}]})
    expect(frame.get_by_role("heading", level=1)).to_have_text("tier_1")
    expect(frame.get_by_role("heading", level=2)).to_have_text(["What happens next"])


@pytest.mark.parametrize(
    ("locale", "language", "next_up", "left"),
    [
        ("en-GB", "en", "What happens next", "in 1 day 4 h"),
        ("es-419", "es", "Qué pasa después", "en 1 día 4 h"),
        ("de", "de", "Was als Nächstes geschieht", "in 1 Tag 4 Std."),
        ("ja", "en", "What happens next", "in 1 day 4 h"),
    ],
)
def test_it_speaks_the_agents_language_and_marks_the_desks(
    host: FakeHost, locale: str, language: str, next_up: str, left: str
) -> None:
    frame = host.open(example("worker_in_tier_2"), values={"currentUser.locale": locale})
    expect(frame.get_by_role("region", name=next_up)).to_contain_text(left)
    assert frame.evaluate("document.documentElement.lang") == language
    assert frame.locator("h1").get_attribute("lang") == "en"
    assert host.reached[0]["url"].endswith(f"?language={language}")


def test_moments_are_written_in_the_desks_zone_as_the_tickets_fields_have_them(host: FakeHost) -> None:
    for zone, since in (
        ("America/Chicago", "Thu 5 Mar 2026, 04:10 CST"),
        ("Europe/Berlin", "Thu 5 Mar 2026, 11:10 CET"),
        ("Nowhere/AtAll", "Thu 5 Mar 2026, 05:10 EST"),
    ):
        frame = host.open(example("client_in_review", zone=zone), values={"currentUser.locale": "de"})
        expect(frame.locator("header time").first).to_have_text(since)


def test_light_and_dark_come_from_the_address_then_by_property_and_event(host: FakeHost) -> None:
    light, dark = "rgb(255, 255, 255)", "rgb(21, 26, 30)"
    frame = host.open(example("resolved"), scheme="dark")
    expect(frame.locator("html")).to_have_css("background-color", dark)
    host.fire("colorScheme.changed", "light")
    expect(frame.locator("html")).to_have_css("background-color", light)
    frame = host.open(example("resolved"), scheme="light", values={"colorScheme": "dark"})
    expect(frame.locator("html")).to_have_css("background-color", dark)


def test_the_frame_is_as_high_as_what_it_holds_and_grows_with_it(host: FakeHost) -> None:
    frame = host.open(example("worker_in_tier_2"))
    around = host.page.locator("iframe")

    def fits() -> int:
        height: int = frame.evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
        expect(around).to_have_js_property("clientHeight", height)
        return height

    before = fits()
    frame.get_by_text("Why then?").first.click()
    assert fits() > before
    sizes = [one[1] for one in host.page.evaluate("host.invoked") if one[0] == "resize"]
    assert all(re.fullmatch(r"[1-9]\d*px", size["height"]) and size["width"] == "100%" for size in sizes)


@pytest.mark.parametrize(
    ("name", "locale"),
    [
        ("worker_in_tier_2", "en"),
        ("worker_in_tier_2", "pseudo"),
        ("client_in_review", "es"),
        ("client_in_review", "pseudo"),
        ("resolved", "de"),
    ],
)
def test_no_width_needs_scrolling_sideways(host: FakeHost, name: str, locale: str) -> None:
    host.pseudo = locale == "pseudo"
    frame = host.open(example(name), width=258, values={"currentUser.locale": "de" if host.pseudo else locale})
    for width in (258, 280, 320, 400, 680, 720):
        host.page.set_viewport_size({"width": width, "height": 900})
        expect(frame.locator("html")).to_have_js_property("clientWidth", width)
        assert frame.evaluate("document.documentElement.scrollWidth") <= width


def test_outside_zendesk_it_says_so(host: FakeHost) -> None:
    host.page.goto("https://42.apps.zdusercontent.com/42/assets/index.html")
    expect(host.page.locator("main")).to_have_text("This page works inside Zendesk only.")


def test_a_desk_that_never_answers_counts_as_silent_after_a_quarter_of_a_minute(timed_host: FakeHost) -> None:
    frame = timed_host.open(example("resolved"), held=True)
    timed_host.page.wait_for_function("host.asked.length === 1")
    timed_host.page.clock.fast_forward(14_000)
    expect(frame.locator("main")).to_have_attribute("aria-busy", "true")
    timed_host.page.clock.fast_forward(2_000)
    expect(frame.get_by_role("heading", level=1)).to_have_text("The desk does not answer")


def test_it_reads_again_each_minute_while_somebody_looks(timed_host: FakeHost) -> None:
    frame = timed_host.open(example("worker_in_tier_2"))
    timed_host.answer = (200, example("resolved"))
    timed_host.page.clock.fast_forward(61_000)
    expect(frame.get_by_role("heading", level=1)).to_have_text("It has ended: resolved.")
    timed_host.fire("app.deactivated")
    asked = len(timed_host.reached)
    timed_host.answer = (200, example("worker_in_tier_2"))
    timed_host.page.clock.fast_forward(61_000)
    assert len(timed_host.reached) == asked
    timed_host.fire("app.activated")
    expect(frame.locator("h1")).to_have_text("It is in tier 2: the other side is contacted directly.")


def test_a_submitted_move_is_asked_for_until_the_desk_has_taken_it_in(timed_host: FakeHost) -> None:
    frame = timed_host.open(example("worker_in_tier_2"))
    frame.get_by_role("button", name="Tier 3: account manager").click()
    expect(frame.locator(".done:not(:empty)")).to_contain_text("is filled in.")
    timed_host.fire("ticket.submit.done")
    told = frame.locator("header [role=status]")
    expect(told).to_contain_text("“Tier 3: account manager”. The desk has not taken it in yet")
    expect(frame.get_by_role("button", name="Tier 3: account manager")).to_be_disabled()
    timed_host.page.clock.fast_forward(60_000)
    expect(told).to_contain_text("For a minute the desk has not taken it in")
    timed_host.answer = (200, example("worker_in_tier_2", taken_in="another mark"))
    timed_host.fire("ticket.submit.done")
    expect(told).to_have_count(0)
    expect(frame.get_by_role("button", name="Tier 3: account manager")).to_be_enabled()


def test_a_pause_names_what_it_holds_and_is_ended_by_taking_its_tag_off(host: FakeHost) -> None:
    resume = {"key": "resume", "label": "Resume", "does": "untag", "id": None, "value": "escalation_pause"}
    sets = [{"kind": "untag", "name": None, "value": "escalation_pause"}]
    frame = host.open(example("client_in_review", moves=[{**resume, "said": None, "sets": sets}]))
    expect(frame.locator("header")).to_contain_text("Held until then:The agents are reminded.")
    expect(frame.get_by_role("region", name="What you can do")).to_contain_text(
        "the tag escalation_pause taken off"
    )
    frame.get_by_role("button", name="Resume").click()
    expect(frame.locator(".done:not(:empty)")).to_contain_text("“Resume” is filled in.")
    assert host.did("invoked") == [["ticket.tags.remove", "escalation_pause"]]


def test_what_is_left_until_a_deadline_is_kept_true_while_the_desk_is_silent(timed_host: FakeHost) -> None:
    frame = timed_host.open(example("worker_in_tier_2"))
    timed_host.answer = (503, {})
    timed_host.page.clock.fast_forward(61 * 60_000)
    expect(frame.get_by_text("The desk does not answer")).to_be_visible()
    expect(frame.get_by_role("region", name="What happens next")).to_contain_text("in 1 day 2 h")


def test_little_is_asked_for_before_a_case_is_shown(host: FakeHost) -> None:
    frame = host.open(example("worker_in_tier_2"))
    files = frame.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    assert 5 < len(files) <= MOST_FILES, files
    assert frame.evaluate("performance.getEntriesByName('case-shown').length") == 1
    gets = host.page.evaluate("host.gets")
    assert 0 < len(gets) <= MOST_ASKED, gets
    assert len(host.did("asked")) == 1


def test_an_installation_that_names_its_fields_asks_the_ticket_once(host: FakeHost) -> None:
    settings = {"desk_address": DESK, "case_field": str(CASE_FIELD), "due_field": str(DUE_FIELD)}
    host.open(example("worker_in_tier_2"), settings=settings)
    gets = host.page.evaluate("host.gets")
    assert len([paths for paths in gets if paths != ["colorScheme"]]) == 1, gets
