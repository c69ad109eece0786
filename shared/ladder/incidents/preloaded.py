"""What the fork server imports once, so that no cell has to: libraries, and nothing of a level."""

import contextlib
import importlib
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "agg")

LIBRARIES = [
    "deltalake",
    "fastapi",
    "matplotlib.pyplot",
    "mlflow",
    "mlflow.models",
    "mlflow.data",
    "mlflow.sklearn",
    "model_signing",
    "pandas",
    "pandera.pandas",
    "pyarrow.parquet",
    "scipy.stats",
    "skops.io",
    "sklearn.compose",
    "sklearn.ensemble",
    "sklearn.impute",
    "sklearn.linear_model",
    "sklearn.pipeline",
    "sqlalchemy",
    "treelite",
    "uvicorn",
]

for library in LIBRARIES:
    with contextlib.suppress(ModuleNotFoundError):
        importlib.import_module(library)
