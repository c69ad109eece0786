"""The page answers in words that agree with the model, and explains every mistake in its form."""

import html
import re
from datetime import date

import pandas as pd
import pytest
from fake_level import ABOUT
from fake_level import FEATURES
from fake_level import FLIGHTS
from fake_level import FakeModel
from fake_level import FakeRecord
from fake_level import Level
from fastapi import APIRouter
from fastapi.testclient import TestClient
from hypothesis import HealthCheck
from hypothesis import example
from hypothesis import given
from hypothesis import settings as examined
from hypothesis import strategies as st

from groundcrew import feed
from groundcrew.errors import UserError
from groundcrew.serving import Serving
from groundcrew.web import form
from groundcrew.web import recent_flights

FLIGHT = {"origin": "JFK", "dest": "LAX", "carrier": "B6", "date": "2013-03-01", "time": "17:30"}


@pytest.fixture
def level() -> Level:
    return Level()


@pytest.fixture
def client(level: Level) -> TestClient:
    return level.client()


def words(text: str) -> str:
    """The text of a page, without its lists of choices and its chart."""
    text = re.sub(r"(?s)<(select|svg|script|head)\b.*?</\1>", " ", text)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def ask(client: TestClient, **changed: str) -> str:
    response = client.get("/", params=FLIGHT | changed)
    assert response.status_code == 200
    return words(response.text)


def test_the_answer_is_the_models_with_the_range_of_recent_flights(client: TestClient) -> None:
    text = ask(client)

    assert "5 h 00 min in the air" in text
    assert "4 h 50 to 5 h 10" in text
    assert "8 in 10 of the 56 flights on this route in the 14 days to 28 February 2013" in text
    assert "between 10 min less and 10 min more than this model says for them" in text
    assert "John F Kennedy Intl to Los Angeles Intl" in text
    assert "lately been" not in text


def test_the_arrival_is_local_and_includes_the_time_on_the_ground(client: TestClient) -> None:
    spring = ask(client, date="2013-03-11")
    next_day = ask(client, dest="SJU", time="22:30")

    ground = "By the clocks of Los Angeles: the 300 minutes in the air, and the 45"
    assert f"Arrives about 20:15 PST {ground}" in ask(client)
    assert "20:15 PDT" in spring
    assert "03:35 AST next day By the clocks of Puerto Rico" in next_day


@pytest.mark.parametrize(("late", "word"), [(12.0, "long"), (-12.0, "short")])
def test_a_bias_of_the_model_is_named(
    client: TestClient, level: Level, late: float, word: str
) -> None:
    level.models.champion.late = late

    text = ask(client)

    assert f"This model has lately been 12 minutes too {word} on this route." in text
    assert "4 h 50 to 5 h 10" in text


def test_with_few_flights_similar_routes_are_used(client: TestClient) -> None:
    text = ask(client, dest="JAC", carrier="UA")

    assert "8 in 10 of the 28 flights from JFK about as far" in text
    assert "On this route itself none landed" in text
    assert "Arrives about Not known No flight has landed on this route" in text


def test_with_too_few_flights_no_range_is_shown(client: TestClient) -> None:
    text = ask(client, origin="EWR", dest="SFO", carrier="UA")

    assert "No range Too few flights have landed" in text


def test_recent_flights_are_shown_as_a_chart_and_as_a_table(client: TestClient) -> None:
    text = client.get("/", params=FLIGHT).text

    chart = re.search(r'(?s)<svg class="chart".*?</svg>', text)[0]
    assert chart.count("<circle") == 56
    assert chart.count('class="own"') == 42
    assert 'role="img" aria-labelledby="chart-title chart-desc"' in chart
    rows = re.search(r"(?s)<tbody>.*?</tbody>", text)[0]
    assert rows.count("<tr>") == 14
    assert "28 Feb 4 4 h 55 5 h 00 5 h 05" in words(rows)


def test_the_page_says_what_the_model_has_never_seen(client: TestClient, level: Level) -> None:
    known = {"carrier": frozenset(["UA"]), "dest": frozenset(["SFO"])}
    level.models = Serving(FakeModel(known=known))

    text = ask(client)

    assert "New to the model: airline B6, destination LAX." in text
    assert "New to the model" not in ask(client, dest="SFO", carrier="UA")


def test_a_flight_that_the_api_would_refuse_is_not_answered(
    client: TestClient, level: Level
) -> None:
    level.table = FLIGHTS.assign(seats=-3.0)

    response = client.get("/", params=FLIGHT)

    assert response.status_code == 503
    assert "recent flights on JFK-LAX give no flight to ask for, seats is -3.0" in response.text


def test_only_the_answer_to_the_visitor_is_recorded() -> None:
    level = Level(record=FakeRecord())
    client = level.client()

    client.get("/")
    ask(client)

    (answer,) = level.record.answers
    features = dict(zip(FEATURES, answer.features, strict=True))
    assert (features["carrier"], features["distance"]) == ("B6", 2400)
    assert (features["sched_dep_min"], features["sched_block"]) == (1050, 345)
    assert features["seats"] == 150


def test_an_answer_that_cannot_be_recorded_is_not_shown() -> None:
    client = Level(record=FakeRecord(error="the disk is full")).client()

    response = client.get("/", params=FLIGHT)

    assert response.status_code == 503
    assert "For the operator: the disk is full" in words(response.text)
    assert "min in the air" not in response.text


def test_the_model_is_named_on_the_page_and_described_on_its_own(client: TestClient) -> None:
    answer = ask(client)
    text = client.get("/model").text

    assert "Which model answers Version <seven> In production since yesterday" in answer
    for section, entries in ABOUT.items():
        assert all(name in words(text) for name in [section, *entries])
    assert '<a href="https://example.org/run?a=1&amp;b=2" rel="noreferrer">' in text
    assert 'href="javascript' not in text


def test_the_model_card_is_shown_as_it_is_in_the_package(level: Level, client: TestClient) -> None:
    assert "Model card" not in client.get("/model").text

    model = level.models.champion
    model.card = "# The model\n\n**For:** minutes & seconds, <b>not</b> fuel"
    text = client.get("/model").text

    assert "<b>" not in text
    (card,) = re.findall(r'<pre class="card">(.*?)</pre>', text, re.DOTALL)
    assert html.unescape(card) == model.card


def test_the_first_visit_shows_the_form_without_mistakes(client: TestClient) -> None:
    response = client.get("/")

    assert response.status_code == 200
    assert 'role="alert"' not in response.text
    assert selected(response.text) == {"origin": "EWR", "dest": "IAH", "carrier": "UA"}
    assert 'min="2013-03-01"' in response.text


def selected(text: str) -> dict[str, str]:
    """The selected value of each list of choices."""
    selects = re.findall(r'(?s)<select id="(\w+)".*?</select>', text)
    values = re.findall(r'<option value="([^"]*)" selected>', text)
    return dict(zip(selects, values, strict=True))


MISTAKES = {
    "unknown origin": ({"origin": "ZZZ"}, 404, "origin", "leaves from ZZZ. Choose JFK."),
    "distant origin": ({"origin": "LAX"}, 404, "origin", "leaves from LAX (Los Angeles Intl)"),
    "unknown destination": ({"dest": "ZZZ"}, 404, "dest", "to ZZZ in the four weeks to 28 Feb"),
    "not served": ({"origin": "EWR", "dest": "LAX"}, 404, "dest", "flown EWR–LAX in the four wee"),
    "served elsewhere": ({"origin": "EWR", "dest": "JAC"}, 404, "dest", "JAC is reached from JFK"),
    "unknown airline": ({"carrier": "ZZ"}, 404, "carrier", "ZZ is no airline that has flown from"),
    "another airline": ({"dest": "SFO"}, 404, "carrier", "B6 (JetBlue Airways) does not fly JFK"),
    "past": ({"date": "2013-02-28"}, 422, "date", "28 February 2013 is past; today is 1 March"),
    "too far ahead": ({"date": "2014-01-26"}, 422, "date", "looks no further than 25 January 2014"),
    "no day": ({"date": "2013-02-30"}, 422, "date", "“2013-02-30” is not a day of the calendar."),
    "no ISO day": ({"date": "20130302"}, 422, "date", "“20130302” is not a day"),
    "last day": ({"date": "9999-12-31"}, 422, "date", "31 December 9999 is too far ahead"),
    "no time": ({"time": "24:00"}, 422, "time", "“24:00” is not a time of day. Write it like 17:"),
    "skipped": ({"date": "2013-03-10", "time": "02:30"}, 422, "time", "New York's clocks skip 02:"),
    "missing": ({"carrier": ""}, 422, "carrier", "No airline was given. Choose one."),
    "twice": ({"dest": ["LAX", "SFO"]}, 400, "dest", "The destination was given twice. Give one."),
}


@pytest.mark.parametrize(
    ("changed", "status", "field", "reason"), MISTAKES.values(), ids=MISTAKES.keys()
)
def test_a_mistake_is_explained_beside_its_field_with_a_remedy(
    client: TestClient, changed: dict, status: int, field: str, reason: str
) -> None:
    response = client.get("/", params=FLIGHT | changed)

    assert response.status_code == status
    assert reason in words(response.text)
    (alert,) = re.findall(r'(?s)<div[^>]* role="alert".*?</ul>', response.text)
    assert f'<a href="#{field}">' in alert
    invalid = f'id="{field}"[^>]* aria-invalid="true" aria-describedby="[^"]*{field}-mistake'
    assert re.search(invalid, response.text)
    assert f'id="{field}-mistake"' in response.text
    assert "in the air</h1>" not in response.text


LINKED = ["served elsewhere", "another airline", "past", "too far ahead", "no day", "skipped"]


@pytest.mark.parametrize("name", LINKED)
def test_one_click_corrects_the_mistake(client: TestClient, name: str) -> None:
    text = client.get("/", params=FLIGHT | MISTAKES[name][0]).text

    links = re.findall(r'<a href="(/\?[^"]*)"', text)

    assert [client.get(html.unescape(link)).status_code for link in links] == [200]


def test_all_mistakes_are_explained_at_once_and_the_form_keeps_its_values(
    client: TestClient,
) -> None:
    values = {"origin": "zzz", "dest": "IAH", "carrier": "b6", "date": "2013-01-01", "time": "9"}

    text = client.get("/", params=values).text

    alert = re.search(r'(?s)<div[^>]* role="alert".*?</ul>', text)[0]
    assert re.findall(r'<a href="#(\w+)">', alert) == ["origin", "date", "time"]
    assert selected(text) == {"origin": "ZZZ", "dest": "IAH", "carrier": "B6"}
    assert 'value="2013-01-01"' in text


def test_lower_case_and_spaces_are_accepted(client: TestClient) -> None:
    assert ask(client, origin=" jfk ", carrier="b6") == ask(client)


@pytest.mark.parametrize("field", form.FIELDS)
def test_a_value_is_shown_shortened_and_never_as_markup(client: TestClient, field: str) -> None:
    value = "\"><script>'&{{7*7}}" + "x" * 10_000

    response = client.get("/", params=FLIGHT | {field: value})

    text = response.text.lower()
    assert response.status_code in (404, 422)
    assert "x" * 41 not in text
    assert "><script>'" not in text
    assert "&#34;&gt;&lt;script&gt;&#39;&amp;{{7*7}}x" in text


def test_without_flights_the_operator_reads_the_remedy(client: TestClient, level: Level) -> None:
    level.table = FLIGHTS.head(0)

    response = client.get("/")

    assert response.status_code == 503
    assert response.headers["content-type"].startswith("text/html")
    assert "by 2013-03-01: run python -m flighttime.ingest" in words(response.text)


def test_without_a_model_the_form_keeps_its_values(client: TestClient, level: Level) -> None:
    level.models = None

    response = client.get("/", params=FLIGHT | {"dest": "SFO", "carrier": "UA"})

    assert response.status_code == 503
    operator = "For the operator: no model is in production: <put> one into it"
    assert operator in words(response.text)
    assert selected(response.text) == {"origin": "JFK", "dest": "SFO", "carrier": "UA"}


def test_without_a_model_its_page_explains_why(client: TestClient, level: Level) -> None:
    level.models = None

    response = client.get("/model")

    assert response.status_code == 503
    assert "no model is in production: <put> one into it" in words(response.text)


def test_an_old_table_is_used_with_a_notice(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Recent flights are unknown" not in ask(client)
    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-07-01")

    text = ask(client, date="2013-07-02")

    assert "Recent flights are unknown since 28 February 2013." in text
    assert "8 in 10 of the 56 flights on this route in the 14 days to 28 February 2013" in text


def test_what_is_published_later_is_not_used(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-02-20")

    assert "in the 14 days to 19 February 2013" in ask(client)


def test_new_flights_are_used_within_a_minute(
    client: TestClient, level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(recent_flights.time, "monotonic", lambda: clock[0])
    assert "of the 56 flights" in ask(client)
    level.table = pd.concat([FLIGHTS, FLIGHTS], ignore_index=True)

    clock[0] += recent_flights.CACHE_SECONDS

    assert "of the 112 flights" in ask(client)


def test_without_the_feed_the_page_shows_codes(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLIGHTTIME_FEED", "nowhere")

    text = ask(client)

    assert "From JFK to LAX" in text
    assert "no time zone for LAX" in text
    assert "AST next day" in ask(client, dest="SJU", time="22:30")


def test_a_simulated_calendar_is_announced(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "The calendar is simulated: today is 1 March 2013." in words(client.get("/").text)
    monkeypatch.delenv("FLIGHTTIME_TODAY")

    assert "simulated" not in client.get("/").text


def test_the_page_loads_only_its_own_assets(client: TestClient) -> None:
    text = client.get("/", params=FLIGHT).text

    assert not re.search(r"<style|\bstyle=|\bon\w+=|<script>", text)
    loaded = re.findall(r'<(?:script src|link rel="stylesheet" href)="([^"]*)"', text)
    responses = [client.get(address) for address in loaded]
    kinds = {response.headers["content-type"].partition(";")[0] for response in responses}
    assert kinds == {"text/css", "text/javascript"}
    assert all("immutable" in response.headers["cache-control"] for response in responses)


def test_the_pages_have_the_colour_that_the_environment_sets(
    level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = re.findall('href="(/assets/[^"]*accent.css)"', level.client().get("/").text)
    monkeypatch.setenv("FLIGHTTIME_ACCENT", "#112233 #ddeeff")
    client = level.client()
    (address,) = re.findall('href="(/assets/[^"]*accent.css)"', client.get("/").text)

    assert plain == []
    assert "--own:#112233" in client.get(address).text
    assert "dark){:root{--own:#ddeeff}" in client.get(address).text
    assert "immutable" in client.get(address).headers["cache-control"]


@pytest.mark.parametrize("pair", ["red", "#112233", "#112233 #ddeeff}body{display:none"])
def test_a_colour_that_is_none_is_refused(
    level: Level, monkeypatch: pytest.MonkeyPatch, pair: str
) -> None:
    monkeypatch.setenv("FLIGHTTIME_ACCENT", pair)

    with pytest.raises(UserError, match="two colours, for light and for dark screens: write it"):
        level.client()


def test_the_page_sets_no_cookie_and_is_read_only(client: TestClient) -> None:
    assert "set-cookie" not in client.get("/", params=FLIGHT).headers
    assert client.post("/", params=FLIGHT).status_code == 405


def test_further_pages_are_in_the_navigation() -> None:
    page = APIRouter(include_in_schema=False)
    page.add_api_route("/control", lambda: "in control", name="Mission control")

    client = Level(pages=[page]).client()

    assert client.get("/control").json() == "in control"
    navigation = re.search(r"(?s)<nav.*?</nav>", client.get("/").text)[0]
    assert re.findall(r'href="([^"]*)"', navigation) == ["/", "/model", "/docs", "/control"]
    assert words(navigation) == "Ask The model For programs Mission control"
    assert '<a href="/" aria-current="page">Ask</a>' in navigation


def test_flights_of_the_feed_are_answered(level: Level, client: TestClient, today: date) -> None:
    flights = feed.flights(today, after=date(2013, 1, 15))
    clock = flights["sched_dep_time"].astype("float64")
    level.table = flights.assign(
        distance=flights["distance"].astype("float64"),
        sched_dep_min=clock // 100 * 60 + clock % 100,
        sched_block=flights["air_time"].astype("float64") + 40,
        seats=150.0,
    )

    text = ask(client)

    assert "5 h 09 min in the air" in text
    assert "B6 (JetBlue Airways)" in text
    assert re.search(r"Arrives about \d\d:\d\d PST", text)


anything = st.one_of(
    st.sampled_from(["JFK", "LAX", "B6", "UA", "2013-03-01", "2013-03-10", "02:30", "17:30", ""]),
    st.text(max_size=60),
)
parameters = st.lists(st.tuples(st.sampled_from([*form.FIELDS, "other"]), anything), max_size=7)
few = examined(
    max_examples=20,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@few
@given(parameters)
@example([("date", "9999-12-31"), ("time", "17:30")])
@example([("date", "0001-01-01"), ("time", "00:00")])
def test_every_request_is_answered_with_the_form(client: TestClient, parameters: list) -> None:
    response = client.get("/", params=parameters)

    assert response.status_code in (200, 400, 404, 422)
    assert "<form" in response.text
