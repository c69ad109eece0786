"""Where the loop is after any run of decisions: what comes next, and what a person's hand changes."""

import pytest

from flighttime import course
from flighttime import ledger
from flighttime.course import BY

LOOP = [
    {"decision": "retrain", "version": "1", "by": BY},
    {"decision": "trained", "version": "2", "by": BY},
    {"decision": "PROMOTE", "version": "2"},
    {"decision": "on trial", "version": "2", "by": BY, "beside": "1", "since": "2013-06-03T06:00:00"},
    {"decision": "trial won", "version": "2", "by": BY},
    {"decision": "releasing", "version": "2", "by": BY},
    {"decision": "released", "version": "2", "by": BY},
    {"decision": "on probation", "version": "2", "by": BY, "beside": "1", "since": "2013-06-05T06:00:00"},
    {"decision": "confirmed", "version": "2", "by": BY},
]
STEPS = ["train", "certify", "begin the trial", "settle the trial", "release", "release"]
STEPS += ["begin the probation", "settle the probation", "watch"]


def of(*entries: dict) -> course.Course:
    return course.of({"day": f"2013-06-{number + 3:02}", "reason": "so", **entry} for number, entry in enumerate(entries))


def by_hand(decision: str, version: str = "2") -> dict:
    return {"decision": decision, "version": version, "by": "Kim"}


@pytest.mark.parametrize("number", range(len(LOOP)))
def test_each_decision_leads_to_the_next_step(number: int) -> None:
    assert of(*LOOP[: number + 1]).step == STEPS[number]


def test_it_knows_which_version_is_on_trial_beside_which_and_since_when() -> None:
    here = of(*LOOP[:4])

    assert (here.version, here.beside, here.day, here.since) == ("2", "1", "2013-06-06", "2013-06-03T06:00:00")


def test_whom_the_new_champion_replaced_is_not_forgotten_at_its_release() -> None:
    assert of(*LOOP[:7]).beside == "1"


@pytest.mark.parametrize(
    ("number", "refusal"),
    [(2, "REJECT"), (2, "TIE"), (2, "INSUFFICIENT DATA"), (4, "trial lost"), (6, "taken back"), (8, "rolled back to")],
)
def test_a_refusal_ends_it_and_is_counted(number: int, refusal: str) -> None:
    entry = {"decision": refusal, "version": "2", **({} if number == 2 else {"by": BY})}

    assert of(*LOOP[:number], entry) == course.Course(refused=1)
    assert of(*LOOP[:number], entry, *LOOP[:number], entry).refused == 2


def test_a_release_that_stays_ends_the_count_and_one_on_probation_does_not() -> None:
    refused = [*LOOP[:2], {"decision": "REJECT", "version": "2"}]

    assert of(*refused, *LOOP[:8]).refused == 1
    assert of(*refused, *LOOP).refused == 0


def test_a_release_that_died_is_tried_again() -> None:
    died = {"decision": "taken back", "version": "2", "by": BY, "died": True}

    assert of(*LOOP[:6], died) == of(*LOOP[:6])


@pytest.mark.parametrize("number", range(len(LOOP)))
@pytest.mark.parametrize("decision", ["released", "rolled back to", "taken back"])
def test_a_switch_in_a_persons_name_ends_whatever_is_under_way_and_the_count(number: int, decision: str) -> None:
    assert of(*LOOP[:number], by_hand(decision)) == course.Course()


@pytest.mark.parametrize("number", range(len(LOOP)))
def test_a_persons_split_ends_whatever_is_under_way_until_it_is_ended(number: int) -> None:
    begun = of(*LOOP[:number], by_hand("split", "3"))

    assert (begun.step, begun.version) == (course.SPLIT, "3")
    assert of(*LOOP[:number], by_hand("split", "3"), by_hand("split ended", "3")).step == course.WATCH


def test_who_ends_the_split_that_a_trial_is_ends_the_trial() -> None:
    assert of(*LOOP[:4], by_hand("split ended")).step == course.WATCH


@pytest.mark.parametrize("outcome", course.OF_THE_GATE)
@pytest.mark.parametrize("number", [0, 2, 4, 5, 8, 9])
def test_what_a_person_has_certified_by_hand_is_nothing_to_the_loop(number: int, outcome: str) -> None:
    assert of(*LOOP[:number], {"decision": outcome, "version": "9"}) == of(*LOOP[:number])


def test_what_a_workflow_trained_is_known_by_its_certificate() -> None:
    assert of(LOOP[0], *LOOP[2:4]).step == course.TRIAL


def test_a_version_that_a_person_sends_on_trial_is_settled_like_any() -> None:
    assert of(LOOP[3]).step == course.TRIAL


def test_the_first_release_is_on_no_probation() -> None:
    assert of(*LOOP[:3], *LOOP[5:7]).step == course.WATCH


def test_a_call_stands_until_somebody_resumes() -> None:
    called = {"decision": "a person is called", "version": "1", "by": BY, "reason": "twice in a row"}
    refused = [*LOOP[:2], {"decision": "REJECT", "version": "2"}]

    assert of(*refused, called).calls == of(*refused, called, *LOOP[:3]).calls == ("twice in a row",)
    resumed = of(*refused, called, by_hand("resumed"))
    assert (resumed.calls, resumed.refused) == ((), 0)


def test_every_switch_of_the_ledger_is_known_here() -> None:
    assert set(ledger.FACTS) < set(course.SWITCHES)
