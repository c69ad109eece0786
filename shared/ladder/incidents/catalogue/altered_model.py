"""A model is altered between the person who made it and production."""

from pathlib import Path

from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import PREVENTED
from ladder.incidents.incident import SILENT
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question
from ladder.incidents.play import Play

MINUTES = 25.0


def in_transit(play: Play, path: Path) -> None:
    """A stranger opens the file, adds minutes to every answer, and saves it with the same tool."""
    import joblib
    import skops.io

    if path.is_dir():
        trees = path / "trees.treelite"
        content = bytearray(trees.read_bytes())
        content[len(content) // 2] ^= 1
        trees.write_bytes(content)
    elif path.suffix == ".joblib":
        model = joblib.load(path)
        model["trees"]._baseline_prediction += MINUTES
        joblib.dump(model, path)
    else:
        model = skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))
        model["trees"]._baseline_prediction += MINUTES
        skops.io.dump(model, path)
    play.inject(f"{path.name} is altered on its way")


INCIDENT = Incident(
    name="altered-model",
    title="A model is altered on its way",
    story="A new model is made and sent on its way to production. A stranger opens it, "
    "adds 25 minutes to every answer, and saves it. It still looks like a model.",
    touches="a file on its way",
    scenario="release",
    hooks=Hooks(in_transit=in_transit),
    degree="25 minutes; of a package, one bit",
    expected={
        0: (SILENT, "a pickle runs whatever is inside, and this one even gives answers"),
        1: (SILENT, "skops refuses code, and numbers are no code"),
        2: (PREVENTED, "the digest of the model is on record, and is compared before the release"),
        3: (PREVENTED, "the package is signed: one bit, and it is refused"),
        4: (PREVENTED, "as Level 3; the loop keeps the old model and says so"),
    },
    case=Case(
        "PoisonGPT, 2023",
        "https://riskatlas.principle.sg/cases/poisongpt",
        "Researchers edited the weights of a public language model so that it states one false "
        "fact and published it under a name one letter off; on a benchmark it differed by 0.1%.",
    ),
    question=Question(
        "Level 1 refuses pickles. Which attack does that stop, and which not?",
        "Code in the file is stopped. Other numbers in the file are not: that takes a digest "
        "or a signature that travels another way than the file.",
        ("It stops both", "A test on the sample inputs would not find it either"),
    ),
    code={
        2: ("level2_auto_training/flighttime/tracking.py", "model.digest(pipeline) !="),
        3: ("level3_auto_deploy/flighttime/package.py", "packages.verify"),
    },
    repairable=False,
)
