"""A model that is better overall, and worse for one airline."""

from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import PREVENTED
from ladder.incidents.incident import SILENT
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question
from ladder.incidents.window import new_window

DAYS = 12
SET = f"the training window is set to {DAYS} days: fresh data is better"

INCIDENT = Incident(
    name="one-airline",
    title="Better overall, worse for one airline",
    story="A colleague argues that twelve days of fresh data are enough, and is right on average. "
    "On the newest flights the model errs less. JetBlue's flights get worse.",
    touches="a person",
    scenario="march",
    hooks=Hooks(settings=new_window(DAYS, SET)),
    flights=" B6",
    day_wrong_by=1.2,  # keeping the old model costs these flights up to 1.0 on a day
    degree="12 days instead of 59",
    expected={
        0: (SILENT, "one number is printed, and it is better"),
        1: (SILENT, "the errors by airline are in metrics.json, and no one has to read them"),
        2: (SILENT, "the errors by airline are on record, and no one has to read them"),
        3: (PREVENTED, "the gate compares every large slice: REJECT"),
        4: (PREVENTED, "in breach the gate lets a slice lose more, but not so much: REJECT"),
    },
    case=Case(
        "Gender Shades, 2018",
        "https://proceedings.mlr.press/v81/buolamwini18a.html",
        "Commercial classifiers erred in up to 34.7% of cases for darker-skinned women, "
        "and in at most 0.8% for lighter-skinned men.",
    ),
    question=Question(
        "The gate keeps a model that is worse on average. Was that right?",
        "It is a decision: no slice may lose more than `max_slice_loss` minutes. A person had to "
        "write it down before, and may change it; Level 4's ledger says that it was applied.",
        ("Yes: averages are never allowed to decide", "No: the gate has a defect"),
    ),
    code={
        3: ("level3_auto_deploy/flighttime/verdict.py", 'Check("slices"'),
        4: ("level4_full/flighttime.toml", "and no slice gets worse"),
    },
    repairable=False,
)
