"""A challenger answers a share of the flights: only a certified one, each flight always by the same arm, until it ends."""

from datetime import date
from functools import cache

import httpx
import pytest

from flighttime import certificates
from flighttime import environment
from flighttime import ledger
from flighttime import package
from flighttime import production
from flighttime import split
from flighttime import standing
from flighttime import tracking
from flighttime.certificates import Certificate
from flighttime.errors import Refused
from flighttime.production import Production
from flighttime.standing import Standing
from flighttime.web import api

TODAY = date(2013, 3, 15)
KEYS = [f"2013-03-15 UA {number} EWR" for number in range(20_000)]


def arms(share: float, challenger: str = "2") -> Production:
    return Production("1", None, Production(challenger, None), share)


def tried(share: float, challenger: str = "2") -> set[int]:
    """The places of the flights that the challenger answers."""
    by = {model.version: places for model, places in split.parts(arms(share, challenger), KEYS)}
    return set(by[challenger])


def test_without_a_split_the_champion_answers_all() -> None:
    champion = Production("1", None)

    assert split.parts(champion, ["a", "b"]) == [(champion, [0, 1])]


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_the_measured_share_is_the_one_that_was_set(share: float) -> None:
    assert len(tried(share)) / len(KEYS) == pytest.approx(share, abs=0.01)


def test_each_flight_is_answered_once() -> None:
    places = [place for _, part in split.parts(arms(0.3), KEYS) for place in part]

    assert sorted(places) == list(range(len(KEYS)))


class Says:
    """A model that says the same of every flight."""

    def __init__(self, minutes: float) -> None:
        self.minutes = minutes

    def predict_rows(self, rows: list[tuple]) -> list[float]:
        return [self.minutes] * len(rows)


def test_the_application_tells_of_each_answer_which_arm_gave_it(monkeypatch: pytest.MonkeyPatch) -> None:
    both = Production("1", Says(100.0), Production("2", Says(200.0)), 0.3)
    monkeypatch.setattr(production, "serving", cache(lambda: both))
    flight = {"carrier": "UA", "origin": "EWR", "dest": "IAH", "distance": 1400.0, "sched_dep_min": 317.0}

    told = api.answer([{**flight, "flight_id": name} for name in KEYS[:1000]])

    assert told["model"] == "1"
    assert [answer["flight_id"] for answer in told["answers"]] == KEYS[:1000]
    assert {place for place, answer in enumerate(told["answers"]) if answer["model"] == "2"} == {
        place for place in tried(0.3) if place < 1000
    }
    for answer in told["answers"]:
        assert answer["minutes"] == 100.0 * int(answer["model"])
        assert answer["prediction_id"].startswith(f"{answer['model']}-")


def test_a_flight_falls_to_the_same_arm_whoever_else_is_asked_about() -> None:
    together = tried(0.3)

    assert together == {place for place, name in enumerate(KEYS) if split.parts(arms(0.3), [name])[0][0].version == "2"}


def test_a_larger_share_keeps_the_flights_of_the_smaller_and_another_challenger_has_its_own() -> None:
    assert tried(0.1) < tried(0.3)
    assert len(tried(0.1) & tried(0.1, "3")) < 0.5 * len(tried(0.1))


def test_a_flight_is_known_by_its_name_or_by_what_it_is() -> None:
    flight = ("UA", "EWR", "IAH", 317)

    assert split.key("mine", *flight) == "mine"
    assert split.key(None, *flight) == split.key(None, "UA", "EWR", "IAH", 317.0)
    assert len({split.key(None, *flight), split.key(None, "UA", "EWR", "IAH", 318), split.key(None, "B6", *flight[1:])}) == 3


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A real registry with three versions; outcomes of the gate by version, as the test wants them."""
    for number in range(3):
        tracking.store().create_model_version(tracking.NAME, f"somewhere/{number}")
    standing.write("1")
    outcomes = {"2": "PROMOTE", "3": "TIE"}
    monkeypatch.setattr(certificates, "read", lambda version: Certificate(version, "1", outcomes[version], "so it is", 6000, {}))
    monkeypatch.setattr(package, "promote", lambda *_: None)
    monkeypatch.setattr(package, "load", lambda version, name: f"the model of {version} in {name}")
    return outcomes


def ask(*given: str) -> None:
    split.main(split.parser().parse_args([*given, "--today", f"{TODAY}"]))


@pytest.mark.parametrize("version", ["2", "3"])
def test_a_certified_version_answers_a_share_beside_the_champion(registry: dict, version: str) -> None:
    ask("--version", version, "--share", "0.2", "--approved-by", "Kim")

    assert standing.read() == Standing("1", version, 0.2)
    answering = production.current()
    assert answering.describe() == {"model": "1", "challenger": version, "share": 0.2}
    assert answering.challenger.model == f"the model of {version} in production"
    entry = ledger.entries()[-1]
    assert (entry["decision"], entry["version"], entry["by"]) == ("split", version, "Kim")
    assert entry["reason"] == "20% of the flights, beside 1"


def test_it_is_shown_and_ended(registry: dict, capsys: pytest.CaptureFixture) -> None:
    ask("--version", "2", "--share", "0.2", "--approved-by", "Kim")
    ask()
    ask("--share", "0", "--approved-by", "Kim")
    ask()

    on = "split: version 2 answers 20% of the flights, version 1 the others"
    assert capsys.readouterr().out.splitlines() == [on, on, "split: no split is on", "split: no split is on"]
    assert standing.read() == Standing("1")
    assert ledger.entries()[-1]["decision"] == "split ended"


@pytest.mark.parametrize(("ending", "died_at"), [(False, (standing, "split")), (True, (ledger, "record"))], ids=["begin", "end"])
def test_one_that_died_half_way_can_be_ended(
    registry: dict,
    monkeypatch: pytest.MonkeyPatch,
    ending: bool,
    died_at: tuple,
) -> None:
    begin, end = [["--version", "2", "--share", "0.2", "--approved-by", "Kim"], ["--share", "0", "--approved-by", "Kim"]]
    if ending:
        ask(*begin)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(*died_at, interrupt)
        ask(*(end if ending else begin))

    # Nobody is answered by a version that the ledger does not know of.
    assert (standing.read(), ledger.entries()[-1]["decision"]) == (Standing("1"), "split")
    ask(*end)
    assert (standing.read(), ledger.entries()[-1]["decision"]) == (Standing("1"), "split ended")
    with pytest.raises(Refused, match="no split is on"):
        ask(*end)


def interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_what_each_arm_has_answered_is_shown_beside_it(
    registry: dict,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    standing.split("2", 0.2)
    monkeypatch.setenv("FLIGHTTIME_APP", "http://app")
    metrics = """# TYPE flighttime_flights_total counter
flighttime_flights_total{model="1"} 8000.0
flighttime_flights_total{model="2"} 2000.0
# TYPE flighttime_minutes_total counter
flighttime_minutes_total{model="1"} 1.2e+06
flighttime_minutes_total{model="2"} 3.01e+05
"""
    asked = httpx.Request("GET", "http://app/metrics")
    monkeypatch.setattr(httpx, "get", lambda address: httpx.Response(200, text=metrics, request=asked))

    ask()

    assert capsys.readouterr().out.splitlines()[1:] == [
        "version 1: 8,000 flights, 150.0 minutes on average",
        "version 2: 2,000 flights, 150.5 minutes on average",
    ]


def test_an_application_that_tells_nothing_of_its_arms_is_named() -> None:
    with pytest.raises(Refused, match="http://127.0.0.1:9 does not tell what it has answered"):
        split.compared("http://127.0.0.1:9", Standing("1", "2", 0.2))


@pytest.mark.parametrize("champion", ["2", "3", None])
def test_whoever_becomes_champion_ends_it(registry: dict, champion: str | None) -> None:
    standing.split("2", 0.2)

    production.switch_to(champion)

    assert standing.read() == (champion and Standing(champion))


def test_staging_knows_no_split_and_answers_with_its_own_alias(registry: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    standing.split("2", 0.2)
    tracking.store().set_registered_model_alias(tracking.NAME, "challenger", "3")
    monkeypatch.setenv("FLIGHTTIME_ENVIRONMENT", environment.STAGING)

    assert standing.read() == Standing("3")
    assert production.current().model == "the model of 3 in staging"
    assert production.released() == "1"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (["--version", "2", "--share", "1", "--approved-by", "Kim"], "a share of 1.0 is no split: give one from 0.01"),
        (["--version", "2", "--share", "-0.1", "--approved-by", "Kim"], "a share of -0.1 is no split"),
        (["--version", "2", "--share", "nan", "--approved-by", "Kim"], "a share of nan is no split"),
        (["--version", "2", "--share", "0.2", "--approved-by", " "], "nobody approves"),
        (["--version", "2", "--share", "0.2"], "a split takes --version, --share and --approved-by"),
        (["--share", "0"], "its end takes --share 0 and --approved-by"),
        (["--share", "0", "--approved-by", "Kim"], "no split is on, so there is none to end"),
    ],
)
def test_what_is_no_split_is_refused(registry: dict, given: list[str], why: str) -> None:
    with pytest.raises(Refused, match=why):
        ask(*given)

    assert standing.read() == Standing("1")


@pytest.mark.parametrize("outcome", ["REJECT", "INSUFFICIENT DATA"])
def test_what_the_gate_did_not_let_pass_gets_no_share(registry: dict, outcome: str) -> None:
    registry["2"] = outcome

    with pytest.raises(Refused, match=f"version 2 was certified as {outcome} "):
        ask("--version", "2", "--share", "0.2", "--approved-by", "Kim")

    assert standing.read() == Standing("1")


@pytest.mark.parametrize(
    ("champion", "why"),
    [("2", "has no other to share with"), (None, "has no other"), ("3", "was compared with 1, the champion is 3")],
)
def test_it_needs_the_champion_that_it_was_compared_with(registry: dict, champion: str | None, why: str) -> None:
    production.switch_to(champion)

    with pytest.raises(Refused, match=why):
        ask("--version", "2", "--share", "0.2", "--approved-by", "Kim")


def test_a_challenger_that_does_not_open_leaves_the_champion_alone(
    registry: dict,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    def load(version: str, name: str) -> str:
        if version == "2":
            raise Refused("version 2 is damaged")
        return version

    standing.split("2", 0.2)
    monkeypatch.setattr(package, "load", load)

    assert production.current() == Production("1", "1")
    assert capsys.readouterr().err == "warning: version 1 answers alone: version 2 is damaged\n"


@pytest.mark.parametrize("tag", ["", "2", "2:", "x:0.2", "2:0.2:3", "2:-0.2", "2:nan"])
def test_a_tag_that_is_none_of_ours_is_no_split(registry: dict, tag: str) -> None:
    tracking.store().set_registered_model_tag(tracking.NAME, standing.SPLIT, tag)

    assert standing.read() == Standing("1")
