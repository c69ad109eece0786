"""What one step of the pipeline hands to the next: on the disk, or made again from what is there."""

from dataclasses import dataclass
from dataclasses import field
from datetime import date
from functools import cached_property

import pandas as pd

from flighttime import ingest
from flighttime import journal
from flighttime import model
from flighttime import prepare
from flighttime import train
from flighttime import validate


@dataclass
class Work:
    """The fields outlive a failure, in the journal; the model does in its file."""

    day: str
    code: str
    done: dict[str, str] = field(default_factory=dict)
    flights_added: int | None = None
    data_version: int | None = None
    metrics: dict | None = None
    version: str | None = None

    @property
    def today(self) -> date:
        return date.fromisoformat(self.day)

    @cached_property
    def delivery(self) -> validate.Delivery:
        return prepare.delivered(self.today)

    @cached_property
    def table(self) -> pd.DataFrame:
        return ingest.read(self.data_version, since=train.first_day(self.today))

    @cached_property
    def trained(self) -> train.Trained:
        return train.Trained(model.load(journal.products() / "model.skops"), *train.split(self.table, self.today))

    @cached_property
    def errors(self) -> pd.DataFrame:
        return train.measure(self.trained, self.table, self.today)
