"""Is a model opened, and a file that brings more than a model refused?"""

import os

import pandas as pd
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from skops import io

from flighttime import model
from flighttime import serving
from flighttime.features import CATEGORIES
from flighttime.features import FEATURES
from flighttime.features import NUMBERS
from groundcrew.errors import UserError


def check() -> None:
    file = serving.model_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    io.dump(Pipeline([("call", FunctionTransformer(os.getenv))]), file)
    try:
        serving.load()
    except UserError as refusal:
        assert "getenv" in str(refusal), f"the refusal does not name what was found: {refusal}"
    else:
        raise AssertionError("a file that names a function of the operating system was opened")
    rows = pd.DataFrame([dict.fromkeys(CATEGORIES, "A") | dict.fromkeys(NUMBERS, 1.0)] * 40)
    io.dump(model.build().fit(rows[FEATURES], range(40)), file)
    serving.load()
