"""The page answers in words that its numbers bear out, and helps with whatever odd thing it is asked."""

import functools
import html
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck
from hypothesis import example
from hypothesis import given
from hypothesis import settings as examined
from hypothesis import strategies as st

from flighttime import content
from flighttime import feed
from flighttime import ingest
from flighttime import production
from flighttime import settings
from flighttime.app import app
from flighttime.errors import Refused
from flighttime.features import FEATURES
from flighttime.web import api
from flighttime.web import known
from flighttime.web import page
from flighttime.web import visit

FLIGHT = {"origin": "JFK", "dest": "LAX", "carrier": "B6", "date": "2013-03-01", "time": "17:30"}
MADE_UP = {
    "In short": {"Version": "<seven>", "In production since": "yesterday"},
    "More": {"Run": "https://example.org/run?a=1&b=2", "Note": "javascript:alert(1)"},
}


class MadeUp:
    """A model that says the same of every flight on a route: 480 miles an hour, and `late` minutes more."""

    def __init__(self, late: float) -> None:
        self.late = late

    def predict(self, flights: pd.DataFrame) -> pd.Series:
        return flights["distance"] / 8 + self.late

    def predict_rows(self, rows: Sequence[tuple]) -> list[float]:
        return self.predict(pd.DataFrame(rows, columns=FEATURES)).tolist()


def four_weeks(origin: str, dest: str, carrier: str, distance: float, per_day: int, every: int = 1) -> pd.DataFrame:
    """Flights that took 480 miles an hour, give or take 10 minutes, in turn."""
    days = pd.date_range("2013-02-01", "2013-02-28")[::every].repeat(per_day)
    late = [(number % 5 - 2) * 5.0 for number in range(len(days))]
    flights = pd.DataFrame({"date": days, "air_time": late}).assign(
        origin=origin,
        dest=dest,
        carrier=carrier,
        distance=float(distance),
        published=days + pd.Timedelta(days=1),
        sched_dep_min=600.0,
        seats=150.0,
    )
    flights["air_time"] += distance / 8
    return flights.assign(sched_block=distance / 8 + 45)


FLIGHTS = pd.concat(
    [
        four_weeks("JFK", "LAX", "B6", 2400, 3),
        four_weeks("JFK", "LAX", "UA", 2400, 1),
        four_weeks("JFK", "SFO", "UA", 2560, 2),
        four_weeks("JFK", "SJU", "B6", 1600, 2),
        four_weeks("JFK", "JAC", "UA", 1840, 1, every=7).assign(air_time=float("nan")),
        four_weeks("EWR", "IAH", "UA", 1400, 4),
        four_weeks("EWR", "SFO", "UA", 2560, 1, every=14),
    ],
    ignore_index=True,
)


@pytest.fixture
def client() -> TestClient:
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False)


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> MadeUp:
    """A world with few routes and a model of which all is known; `late` may be changed."""
    model = MadeUp(late=0.0)
    monkeypatch.setattr(production, "serving", functools.cache(lambda: production.Production("seven", model)))
    monkeypatch.setattr(production, "record", lambda model: MADE_UP)
    monkeypatch.setattr(ingest, "read", table)
    return model


def table(*, since: date | None = None) -> pd.DataFrame:
    return FLIGHTS[FLIGHTS["date"] >= pd.Timestamp(since or date.min)]


def words(text: str) -> str:
    """What there is to read in a page, without its choices and its picture."""
    text = re.sub(r"(?s)<(select|svg|script|head)\b.*?</\1>", " ", text)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def asked(client: TestClient, **changed: str) -> str:
    response = client.get("/", params=FLIGHT | changed)
    assert response.status_code == 200
    return words(response.text)


def test_the_answer_is_the_models_in_words_with_the_range_of_recent_flights(client: TestClient, made_up: MadeUp) -> None:
    told = asked(client)

    assert "5 h 00 min in the air" in told
    assert "4 h 50 to 5 h 10" in told
    assert "8 in 10 of the 56 flights on this route in the 14 days to 28 February 2013" in told
    assert "between 10 min less and 10 min more than this model says for them" in told
    assert "John F Kennedy Intl to Los Angeles Intl" in told
    assert "lately been" not in told


def test_the_arrival_is_local_and_counts_the_time_on_the_ground(client: TestClient, made_up: MadeUp) -> None:
    assert "Arrives about 20:15 PST By the clocks of Los Angeles: the 300 minutes in the air, and the 45" in asked(client)
    assert "20:15 PDT" in asked(client, date="2013-03-11")
    assert "03:35 AST next day By the clocks of Puerto Rico" in asked(client, dest="SJU", time="22:30")


def test_a_model_that_errs_to_one_side_is_told_by_how_much(client: TestClient, made_up: MadeUp) -> None:
    made_up.late = 12.0

    told = asked(client)

    assert "This model has lately been 12 minutes too long on this route." in told
    assert "5 h 12 min in the air" in told
    assert "4 h 50 to 5 h 10" in told
    made_up.late = -12.0
    assert "12 minutes too short" in asked(client)


def test_few_flights_on_a_route_are_helped_out_by_others_about_as_far(client: TestClient, made_up: MadeUp) -> None:
    told = asked(client, dest="JAC", carrier="UA")

    assert "8 in 10 of the 28 flights from JFK about as far" in told
    assert "On this route itself none landed" in told
    assert "Arrives about Not known No flight has landed on this route" in told


def test_too_few_flights_make_no_range(client: TestClient, made_up: MadeUp) -> None:
    assert "No range Too few flights have landed" in asked(client, origin="EWR", dest="SFO", carrier="UA")


def test_recent_flights_are_drawn_and_told_as_a_table(client: TestClient, made_up: MadeUp) -> None:
    text = client.get("/", params=FLIGHT).text

    picture = re.search(r'(?s)<svg class="chart".*?</svg>', text)[0]
    assert picture.count("<circle") == 56
    assert picture.count('class="own"') == 42
    assert 'role="img" aria-labelledby="chart-title chart-desc"' in picture
    rows = re.search(r"(?s)<tbody>.*?</tbody>", text)[0]
    assert rows.count("<tr>") == 14
    assert "28 Feb 4 4 h 55 5 h 00 5 h 05" in words(rows)


def test_only_the_answer_given_counts_as_one(client: TestClient, made_up: MadeUp, monkeypatch: pytest.MonkeyPatch) -> None:
    given_out: list[api.Flight] = []
    answer = api.answer
    monkeypatch.setattr(api, "answer", lambda flights: given_out.extend(flights) or answer(flights))

    client.get("/")
    asked(client)

    (flight,) = given_out
    assert (flight["carrier"], flight["distance"], flight["sched_dep_min"]) == ("B6", 2400, 1050)
    assert (flight["sched_block"], flight["seats"]) == (345, 150)


def test_the_model_that_answered_is_named_on_the_page_and_told_in_full(client: TestClient, made_up: MadeUp) -> None:
    assert "Which model answers Version <seven> In production since yesterday" in asked(client)

    text = client.get("/model").text

    assert all(name in words(text) for section, entries in MADE_UP.items() for name in [section, *entries])
    assert '<a href="https://example.org/run?a=1&amp;b=2" rel="noreferrer">' in text
    assert 'href="javascript' not in text


def test_nothing_asked_is_no_mistake(client: TestClient, made_up: MadeUp) -> None:
    response = client.get("/")

    assert response.status_code == 200
    assert 'role="alert"' not in response.text
    assert chosen(response.text) == {"origin": "EWR", "dest": "IAH", "carrier": "UA"}
    assert 'min="2013-03-01"' in response.text


def chosen(text: str) -> dict[str, str]:
    """What is selected in each list of choices."""
    selects = re.findall(r'(?s)<select id="(\w+)".*?</select>', text)
    return dict(zip(selects, re.findall(r'<option value="([^"]*)" selected>', text), strict=True))


ODD = {
    "an unknown origin": ({"origin": "ZZZ"}, 404, "origin", "No flight that we know leaves from ZZZ. Choose JFK."),
    "an origin far away": ({"origin": "LAX"}, 404, "origin", "leaves from LAX (Los Angeles Intl)"),
    "an unknown destination": ({"dest": "ZZZ"}, 404, "dest", "to ZZZ in the four weeks to 28 February 2013. From JFK"),
    "a route not served": ({"origin": "EWR", "dest": "LAX"}, 404, "dest", "flown EWR–LAX in the four weeks"),
    "reached from elsewhere": ({"origin": "EWR", "dest": "JAC"}, 404, "dest", "JAC is reached from JFK ."),
    "an unknown airline": ({"carrier": "ZZ"}, 404, "carrier", "ZZ is no airline that has flown from New York"),
    "another airline": ({"dest": "SFO"}, 404, "carrier", "B6 (JetBlue Airways) does not fly JFK–SFO."),
    "yesterday": ({"date": "2013-02-28"}, 422, "date", "28 February 2013 is past; today is 1 March 2013."),
    "too far ahead": ({"date": "2014-01-26"}, 422, "date", "looks no further than 25 January 2014"),
    "no such day": ({"date": "2013-02-30"}, 422, "date", "“2013-02-30” is not a day of the calendar."),
    "a day in other words": ({"date": "20130302"}, 422, "date", "“20130302” is not a day"),
    "the last of all days": ({"date": "9999-12-31"}, 422, "date", "31 December 9999 is too far ahead"),
    "no such time": ({"time": "24:00"}, 422, "time", "“24:00” is not a time of day. Write it like 17:30."),
    "a time the clocks skip": ({"date": "2013-03-10", "time": "02:30"}, 422, "time", "New York's clocks skip 02:30"),
    "nothing chosen": ({"carrier": ""}, 422, "carrier", "No airline was given. Choose one."),
    "given twice": ({"dest": ["LAX", "SFO"]}, 400, "dest", "The destination was given twice. Give one."),
}


@pytest.mark.parametrize(("changed", "status", "field", "told"), ODD.values(), ids=ODD.keys())
def test_what_is_odd_is_told_beside_its_field_and_what_would_do(
    client: TestClient,
    made_up: MadeUp,
    changed: dict,
    status: int,
    field: str,
    told: str,
) -> None:
    response = client.get("/", params=FLIGHT | changed)

    assert response.status_code == status
    assert told in words(response.text)
    (alert,) = re.findall(r'(?s)<div[^>]* role="alert".*?</ul>', response.text)
    assert f'<a href="#{field}">' in alert
    assert re.search(f'(?s)id="{field}"[^>]* aria-invalid="true" aria-describedby="[^"]*{field}-mistake', response.text)
    assert f'id="{field}-mistake"' in response.text
    assert "in the air</h1>" not in response.text


@pytest.mark.parametrize(
    "name",
    ["reached from elsewhere", "another airline", "yesterday", "too far ahead", "no such day", "a time the clocks skip"],
)
def test_one_click_puts_it_right(client: TestClient, made_up: MadeUp, name: str) -> None:
    text = client.get("/", params=FLIGHT | ODD[name][0]).text

    remedies = re.findall(r'<a href="(/\?[^"]*)"', text)

    assert [client.get(html.unescape(address)).status_code for address in remedies] == [200]


def test_every_mistake_is_told_at_once_and_the_form_stays_filled_in(client: TestClient, made_up: MadeUp) -> None:
    text = client.get("/", params={"origin": "zzz", "dest": "IAH", "carrier": "b6", "date": "2013-01-01", "time": "9"}).text

    alert = re.search(r'(?s)<div[^>]* role="alert".*?</ul>', text)[0]
    assert re.findall(r'<a href="#(\w+)">', alert) == ["origin", "date", "time"]
    assert chosen(text) == {"origin": "ZZZ", "dest": "IAH", "carrier": "B6"}
    assert 'value="2013-01-01"' in text


def test_small_letters_and_spaces_are_understood(client: TestClient, made_up: MadeUp) -> None:
    assert asked(client, origin=" jfk ", carrier="b6") == asked(client)


@pytest.mark.parametrize("field", visit.FIELDS)
def test_what_was_sent_is_shown_cut_and_never_as_markup(client: TestClient, made_up: MadeUp, field: str) -> None:
    sent = "\"><script>'&{{7*7}}" + "x" * 10_000

    response = client.get("/", params=FLIGHT | {field: sent})

    assert response.status_code in (404, 422)
    assert "x" * 41 not in response.text.lower()
    assert "><script>'" not in response.text.lower()
    assert "&#34;&gt;&lt;script&gt;&#39;&amp;{{7*7}}x" in response.text.lower()


def test_without_a_table_the_operator_is_told_to_gather_one(client: TestClient) -> None:
    response = client.get("/")

    assert response.status_code == 503
    assert response.headers["content-type"].startswith("text/html")
    assert "run python -m flighttime.ingest" in words(response.text)


@pytest.fixture
def no_model(made_up: MadeUp, monkeypatch: pytest.MonkeyPatch) -> None:
    def serving() -> None:
        raise Refused("no model is in production: <put> one there")

    serving.cache_clear = lambda: None
    monkeypatch.setattr(production, "serving", serving)


def test_without_a_model_the_form_stays_filled_in(client: TestClient, no_model: None) -> None:
    response = client.get("/", params=FLIGHT | {"dest": "SFO", "carrier": "UA"})

    assert response.status_code == 503
    assert "For the operator: no model is in production: <put> one there" in words(response.text)
    assert chosen(response.text) == {"origin": "JFK", "dest": "SFO", "carrier": "UA"}


def test_without_a_model_nothing_is_told_of_it(client: TestClient, no_model: None) -> None:
    response = client.get("/model")

    assert response.status_code == 503
    assert "no model is in production: <put> one there" in words(response.text)


def test_an_old_table_is_used_and_said_to_be_old(
    client: TestClient,
    made_up: MadeUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "Recent flights are unknown" not in asked(client)
    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-07-01")

    told = asked(client, date="2013-07-02")

    assert "Recent flights are unknown since 28 February 2013." in told
    assert "8 in 10 of the 56 flights on this route in the 14 days to 28 February 2013" in told


def test_what_is_published_later_than_today_is_not_known(
    client: TestClient,
    made_up: MadeUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-02-20")

    assert "in the 14 days to 19 February 2013" in asked(client)


def test_new_data_is_seen_within_a_minute(
    client: TestClient,
    made_up: MadeUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(known.time, "monotonic", lambda: clock[0])
    assert "of the 56 flights" in asked(client)
    monkeypatch.setattr(ingest, "read", lambda since=None: pd.concat([FLIGHTS, FLIGHTS], ignore_index=True))

    clock[0] += known.KEPT_SECONDS

    assert "of the 112 flights" in asked(client)


def test_where_the_feed_cannot_be_reached_codes_do(
    client: TestClient,
    made_up: MadeUp,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_FEED", str(tmp_path / "nowhere"))

    told = asked(client)

    assert "From JFK to LAX" in told
    assert "no time zone for LAX" in told
    assert "AST next day" in asked(client, dest="SJU", time="22:30")


def test_the_calendar_is_said_to_be_simulated_where_it_is(
    client: TestClient,
    made_up: MadeUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "The calendar is simulated: today is 1 March 2013." in words(client.get("/").text)
    monkeypatch.delenv("FLIGHTTIME_TODAY")

    assert "simulated" not in client.get("/").text


def test_the_page_runs_and_fetches_nothing_but_its_own_assets(client: TestClient, made_up: MadeUp) -> None:
    text = client.get("/", params=FLIGHT).text

    assert not re.search(r"<style|\bstyle=|\bon\w+=|<script>", text)
    fetched = re.findall(r'<(?:script src|link rel="stylesheet" href)="([^"]*)"', text)
    kinds = {client.get(address).headers["content-type"].partition(";")[0] for address in fetched}
    assert kinds == {"text/css", "text/javascript"}
    assert all("immutable" in client.get(address).headers["cache-control"] for address in fetched)


def test_the_page_sets_no_cookie_and_is_only_read(client: TestClient, made_up: MadeUp) -> None:
    assert "set-cookie" not in client.get("/", params=FLIGHT).headers
    assert client.post("/", params=FLIGHT).status_code == 405


def test_its_files_are_part_of_a_release() -> None:
    released = {path.relative_to(settings.ROOT).as_posix() for path in content.files(settings.ROOT)}

    assert {f"flighttime/web/assets/{name}" for name in page.templates.globals["assets"]} < released
    assert {f"flighttime/web/templates/{name}" for name in page.templates.list_templates()} < released


def test_the_model_in_production_answers_for_the_flights_of_the_feed(client: TestClient, settled: Path) -> None:
    response = client.get("/", params=FLIGHT)

    minutes = re.search(r"(\d) h (\d\d) min in the air", words(response.text))
    assert 5 * 60 < int(minutes[1]) * 60 + int(minutes[2]) < 6 * 60
    assert production.current().version in words(response.text)
    assert "B6 (JetBlue Airways)" in words(response.text)
    assert client.get("/model").status_code == 200


anything = st.one_of(
    st.sampled_from(["JFK", "LAX", "B6", "UA", "2013-03-01", "2013-03-10", "02:30", "17:30", ""]),
    st.text(max_size=60),
)


@examined(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from([*visit.FIELDS, "other"]), anything), max_size=7))
@example([("date", "9999-12-31"), ("time", "17:30")])
@example([("date", "0001-01-01"), ("time", "00:00")])
def test_whatever_is_asked_is_answered_with_the_page(client: TestClient, made_up: MadeUp, parameters: list) -> None:
    response = client.get("/", params=parameters)

    assert response.status_code in (200, 400, 404, 422)
    assert "<form" in response.text
