"""How the team of each level works: it makes a model, hands it over, releases it, and answers.

What travels and what a person chooses goes through the incident's hooks; the commands are the
level's own.
"""

import importlib
import json
import os
import shutil
import time
import urllib.request
from collections.abc import Callable
from datetime import date
from multiprocessing.process import BaseProcess
from pathlib import Path

import pandas as pd

from ladder import ports
from ladder import service
from ladder.incidents import commands
from ladder.incidents import processes
from ladder.incidents import world
from ladder.incidents.commands import Done
from ladder.incidents.play import Play
from ladder.year import world as ground

MAX_SECONDS = 60  # for an application to start
BUILT = 'TODAY = pd.Timestamp("2013-03-01")'
SLOW = (
    "weeks = {}"  # the cell that fits five more models, only to compare; a hurried person skips it
)


class Team:
    """What all levels have in common: the calendar, and the way to the incident's hooks."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.hooks = play.incident.hooks
        self.started: dict[str, BaseProcess] = {}
        self.address = ""

    def begin(self, today: date) -> None:
        os.environ["FLIGHTTIME_TODAY"] = f"{today}"
        # The applications run on while the days pass: they read the day from this file.
        (self.play.folder / "today").write_text(f"{today}", encoding="utf-8")

    def start(self, name: str) -> str:
        """Start the level's application in one of its environments; returns the address."""
        port = ports.somewhere()
        environment = {
            **os.environ,
            "FLIGHTTIME_ENVIRONMENT": name,
            "FLIGHTTIME_TODAY": f"@{self.play.folder / 'today'}",
        }
        # Not into a file: where the disk is full, that would be a second problem.
        log = Path(os.devnull) if name == "production" else self.play.folder / "log"
        process = processes.start(processes.application, self.play.repo, environment, port, log)
        self.started[name] = process
        address = f"http://{ports.LOOPBACK}:{port}"
        if not until(lambda: service.answers(f"{address}/health/live"), process):
            self.play.say("command", f"python -m flighttime.app in {name}", code=1, output="ended")
        return address

    def morning(self, today: date) -> None:
        level = self.play.assumed[f"level{self.play.level}"]
        months = level.get("train_months", level.get("refit_months", []))
        on_calendar = (
            self.play.scenario.occasion is None and today.day == 1 and today.month in months
        )
        if not on_calendar and today != self.play.scenario.occasion:
            return
        if self.play.scenario.made:
            self.wait(self.play.made)
            return
        self.hooks.settings(self.play)
        self.occasion()

    def occasion(self) -> None:
        """Make a new model, and release it when the time has come."""
        if made := self.make():
            self.wait(made)

    def make(self) -> str:
        """Make a new model; returns its name, or nothing if that is refused."""
        raise NotImplementedError

    def wait(self, made: str) -> None:
        raise NotImplementedError

    def serve(self) -> None:
        """Start the application that users ask; Level 0 has none."""

    def close(self) -> None:
        """End what was started."""
        for process in self.started.values():
            processes.end(process)


class Level0(Team):
    """A notebook and a script."""

    learned_from: pd.DataFrame | None = None

    def build(self, today: date) -> None:
        self.notebook(today)
        (self.play.state / "production").mkdir(parents=True, exist_ok=True)
        shutil.copy(self.handoff, self.production)

    @property
    def handoff(self) -> Path:
        return self.play.state / "handoff" / "model.joblib"

    @property
    def production(self) -> Path:
        return self.play.state / "production" / "model.joblib"

    def notebook(self, today: date) -> Done:
        """Run the notebook's cells, with the day and the months that a person has edited."""
        text = (self.play.repo / "explore.ipynb").read_text(encoding="utf-8")
        cells = ["".join(cell["source"]) for cell in json.loads(text)["cells"] if is_code(cell)]
        months = [month for month in self.play.scenario.months if month <= f"{today:%Y-%m}"]
        code = "\n\n".join(cell for cell in cells if SLOW not in cell)
        code = code.replace(BUILT, BUILT.replace("2013-03-01", f"{today}"))
        for table in ("flights", "weather"):
            read = ", ".join(
                f'pd.read_parquet(f"{{FEED}}/{table}/{month}.parquet")' for month in months
            )
            old = ", ".join(
                f'pd.read_parquet(f"{{FEED}}/{table}/2013-0{number}.parquet")' for number in (1, 2)
            )
            assert old in code, "the notebook has changed: change this too"
            code = code.replace(old, read)
        for old, new in self.play.notes.get("cells", {}).items():
            assert old in code, f"the notebook has changed: it does not say {old}"
            code = code.replace(old, new)
        edited = self.play.folder / "explore.py"
        edited.write_text(code.replace("plt.show()", "plt.close('all')"), encoding="utf-8")
        done = self.play._record(commands.script(str(edited), words="every cell of explore.ipynb"))
        self.learned_from = done.names.get("table")
        return done

    def learned(self) -> pd.DataFrame | None:
        """The rows that the newest model could learn from, with `flight_id`."""
        rows = self.learned_from
        return None if rows is None else rows.assign(flight_id=ground.name(rows))

    def experiment(self) -> Path:
        """A model that was only tried: it has learned from three days."""
        rows = 'train = landed[landed["date"] < CUT]'
        few = f"{rows}[lambda rows: rows['date'] >= CUT - pd.Timedelta(days=3)]"
        notes, kept = self.play.notes, self.handoff.with_name("good.joblib")
        shutil.copy(self.handoff, kept)
        notes["cells"] = {rows: few}
        self.notebook(self.play.scenario.first)
        del notes["cells"]
        tried = self.handoff.with_name("tried.joblib")
        self.handoff.rename(tried)
        kept.rename(self.handoff)
        return tried

    def make(self) -> str:
        done = self.notebook(self.play.today)
        if done.code:
            self.play.refused(done, self.occasion)
            return ""
        return self.handoff.relative_to(self.play.state).as_posix()

    def wait(self, made: str) -> None:
        self.play.later(self.play.lead_days, lambda: self.hand_over(self.play.state / made))

    def hand_over(self, file: Path) -> None:
        """Send the file, and copy it into production."""
        chosen = self.hooks.choose(self.play, file)
        mail = self.play.folder / "mail" / file.name
        mail.parent.mkdir(exist_ok=True)
        shutil.copy(chosen, mail)
        self.hooks.in_transit(self.play, mail)

        def release() -> None:
            shutil.copy(mail, self.production)
            self.restart()
            self.play.say("release", f"{file.name} is copied into production")

        self.sent = mail
        self.hooks.releasing(self.play, release)

    def put_again(self) -> None:
        """What a person does when nothing answers: copy the file again."""
        self.play.person("copies the file into production again")
        shutil.copy(self.sent, self.production)
        self.restart()

    def restart(self) -> None:
        """A script reads the file each time; an application has to be restarted."""

    def answers(self, today: date) -> pd.DataFrame | None:
        feed = self.hooks.asking(self.play) or self.play.feed
        timetable = pd.read_parquet(feed / "flights" / f"{today:%Y-%m}.parquet")
        timetable = timetable[world.within(timetable, today, today)]
        listed, out = self.play.folder / "flights.csv", self.play.folder / "answers.csv"
        timetable.to_csv(listed, index=False)
        out.unlink(missing_ok=True)
        with feed_of(feed, self.play.feed):
            done = self.play.run_script(
                "score.py", str(listed), str(out), "--model", str(self.production)
            )
        if done.code:
            return None
        found = pd.read_csv(out)
        return found.assign(flight_id=ground.name(found))


class Level1(Level0):
    """Commands instead of cells."""

    @property
    def production(self) -> Path:
        return self.play.state / "production" / "model.skops"

    def build(self, today: date) -> None:
        self.play.run("ingest")
        made = self.play.run("train")
        (self.play.state / "production").mkdir(parents=True, exist_ok=True)
        shutil.copy(made.outputs["model"], self.production)

    def serve(self) -> None:
        self.address = self.start("production")

    def restart(self) -> None:
        if self.address:
            processes.end(self.started.pop("production"))
            self.serve()

    def make(self) -> str:
        if (done := self.play.run("ingest")).code or (done := self.play.run("train")).code:
            self.play.refused(done, self.occasion)
            return ""
        return Path(done.outputs["model"]).relative_to(self.play.state).as_posix()

    def answers(self, today: date) -> pd.DataFrame | None:
        feed = self.hooks.asking(self.play) or self.play.feed
        if self.address:
            return self.over_http(today)
        out = self.play.folder / "answers.csv"
        out.unlink(missing_ok=True)
        with feed_of(feed, self.play.feed):
            done = self.play.run("score", "--day", f"{today}", "--out", str(out))
        return None if done.code else pd.read_csv(out)

    def over_http(self, today: date) -> pd.DataFrame | None:
        """The answers of the running application; users know the timetable."""
        flights = importlib.import_module("flighttime.ingest").timetable(today)
        body = flights.to_json(orient="records").encode()
        request = urllib.request.Request(
            f"{self.address}/predict", body, {"Content-Type": "application/json"}
        )
        words = f"POST /predict, {len(flights)} flights"
        try:
            with service.LOOPBACK_ONLY.open(request, timeout=60) as answer:
                found = pd.DataFrame(json.load(answer)["answers"])
        except OSError as error:
            text = error.read().decode()[:300] if hasattr(error, "read") else f"{error}"
            self.play.say("command", words, code=1, output=text)
            return None
        self.play.say("command", words, code=0, output=f"{len(found)} answers")
        return found

    def learned(self) -> pd.DataFrame | None:
        return importlib.import_module("flighttime.ingest").TABLE.read()

    def experiment(self) -> Path:
        with window_of(self.play.repo, 3):
            out = self.play.folder / "tried"
            day = self.play.scenario.first
            done = self.play.run("train", "--today", f"{day}", "--out", str(out))
        return Path(done.outputs["model"])


class Level2(Level1):
    """A pipeline; a person names the version."""

    def experiment(self) -> str:  # type: ignore[override]
        with window_of(self.play.repo, 3):
            done = self.play.run("pipeline", "--today", f"{self.play.scenario.first}")
        return done.outputs["version"]

    def build(self, today: date) -> None:
        self.play.run("release", "--version", self.play.run("pipeline").outputs["version"])

    def make(self) -> str:
        done = self.play.run("pipeline")
        if done.code:
            self.play.refused(done, self.occasion)
            return ""
        return done.outputs["version"]

    def wait(self, made: str) -> None:
        self.play.later(self.play.lead_days, lambda: self.release(made))

    def release(self, version: str) -> None:
        chosen = self.hooks.choose(self.play, version)
        self.hooks.in_transit(self.play, self.file_of(chosen))
        self.hooks.releasing(self.play, lambda: self.put(chosen))

    def file_of(self, version: str) -> Path:
        """The newest model of the store: what a release of this version reads."""
        files = self.play.state.rglob("model.skops")
        return max(files, key=lambda path: path.stat().st_mtime)

    def put(self, version: str) -> None:
        done = self.play.run("release", "--version", version)
        if done.code:
            self.play.detect("the level", done.message)
            self.play.later(
                self.play.assumed["incidents"]["read_days"], lambda: self.once_more(version)
            )
        else:
            self.restart()
            self.play.say("release", f"version {version} is released by hand")

    def put_again(self) -> None:
        """What a person does when nothing answers: release the version before."""
        self.play.person("releases the version before")
        self.play.run("release", "--version", "1")
        self.restart()

    def once_more(self, version: str) -> None:
        self.play.person("reads why the release was refused, and keeps the old model")


class Level3(Level2):
    """A gate decides and a person approves."""

    def staging(self) -> None:
        """One staging application for all that the gate tries."""
        if "staging" not in self.started:
            os.environ["FLIGHTTIME_STAGING"] = self.start("staging")

    def serve(self) -> None:
        super().serve()
        os.environ["FLIGHTTIME_APP"] = self.address  # releases smoke-test it

    def restart(self) -> None:
        """It follows the registry by itself."""

    def build(self, today: date) -> None:
        self.begin(today)
        version = self.certified()
        assert version, "the first model has no champion to beat"
        self.approve(version)

    def make(self) -> str:
        return self.certified()

    def certified(self) -> str:
        """The version that was trained today if the gate lets it pass."""
        version = Level2.make(self)
        if not version:
            return ""
        self.play.run("package", "--version", version)
        self.staging()
        done = self.play.run("gate", "--version", version)
        if done.outputs.get("promoted") != "true":
            self.play.detect("the gate", done.outputs.get(f"version {version}", done.message))
            return ""
        return version

    def file_of(self, version: str) -> Path:
        return self.play.state / "packages" / version

    def approve(self, version: str) -> Done:
        return self.play.run("release", "--version", version, "--approved-by", "Kim")

    def put_again(self) -> None:
        """What a person does when nothing answers: roll back."""
        self.play.person("rolls back")
        self.play.run("rollback", "--approved-by", "Kim")

    def put(self, version: str) -> None:
        done = self.approve(version)
        if done.code:
            self.play.detect("the level", done.message)
            self.play.later(
                self.play.assumed["incidents"]["read_days"], lambda: self.once_more(version)
            )
        else:
            self.play.say("release", f"version {version} is approved and becomes the champion")


class Level4(Level3):
    """The loop."""

    in_shadow = False
    shadow_version = ""

    def morning(self, today: date) -> None:
        looks = today.weekday() == self.play.assumed["level4"]["look_weekday"]
        if self.play.scenario.made and today == self.play.scenario.first:
            return self.wait(self.play.made)
        if today == self.play.scenario.occasion:
            self.hooks.settings(self.play)
        if not looks and not self.in_shadow:
            return
        if looks and not self.play.scenario.made:
            self.staging()  # the gate may try a version
        if not self.in_shadow:
            return self.turn(looks)
        self.hooks.in_transit(self.play, self.file_of(self.shadow_version))
        self.hooks.releasing(self.play, lambda: self.turn(looks))

    def make(self) -> str:
        self.staging()
        self.turn(looks=True)
        return self.shadow_version

    def wait(self, made: str) -> None:
        """The loop has made it a shadow on that morning."""
        self.in_shadow, self.shadow_version = True, made

    def turn(self, looks: bool) -> None:
        """A turn of the loop; on other days what is under way is settled."""
        before = len(self.ledger())
        done = self.play.run("loop" if looks else "shadow")
        if done.code:
            return self.play.refused(done)
        self.in_shadow = done.outputs.get("step") == "shadow"
        self.shadow_version = done.outputs.get("version", "")
        for entry in self.ledger()[before:]:
            self.entry(entry)

    def file_of(self, version: str) -> Path:
        """The loop has installed it in production, where it waits for its release."""
        return self.play.state / "production" / "packages" / version

    def ledger(self) -> list[dict]:
        path = self.play.state / "ledger.jsonl"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        return [json.loads(line) for line in text.splitlines() if line.strip()]

    def entry(self, entry: dict) -> None:
        """Report a decision of the ledger."""
        decision, version = entry["decision"], entry.get("version") or ""
        text = f"{decision} {version}: {entry.get('reason', '')}".strip()
        if decision in ("REJECT", "TIE", "INSUFFICIENT DATA", "shadow failed", "rolled back to"):
            return self.play.detect("the loop", text)
        if decision == "call" or "call" in entry:
            self.play.detect("the loop", text)
            return self.play.call_the_source("is called by the loop, and looks")
        self.play.say("release" if decision == "released" else "decision", text)
        if decision == "retrain":
            self.play.notes.setdefault("retrained", []).append(f"{self.play.today}")
            if self.play.scenario.occasion is None:  # else a new model was wanted anyway
                self.play.notice("the loop")


class window_of:
    """While the block runs, the settings say so many days of training."""

    def __init__(self, repo: Path, days: int) -> None:
        self.file, self.days = repo / "flighttime.toml", days

    def __enter__(self) -> None:
        self.text = self.file.read_text(encoding="utf-8")
        assert "window_days = 59" in self.text
        changed = self.text.replace("window_days = 59", f"window_days = {self.days}")
        self.file.write_text(changed, encoding="utf-8")

    def __exit__(self, *_: object) -> None:
        self.file.write_text(self.text, encoding="utf-8")


TEAMS = {0: Level0, 1: Level1, 2: Level2, 3: Level3, 4: Level4}


def is_code(cell: dict) -> bool:
    return cell["cell_type"] == "code"


class feed_of:
    """While the block runs, the feed is another one: that of the machine that scores."""

    def __init__(self, feed: Path, usual: Path) -> None:
        self.feed, self.usual = feed, usual

    def __enter__(self) -> None:
        os.environ["FLIGHTTIME_FEED"] = str(self.feed)

    def __exit__(self, *_: object) -> None:
        os.environ["FLIGHTTIME_FEED"] = str(self.usual)


def until(ready: Callable[[], bool], process: BaseProcess) -> bool:
    """Wait until it is ready; returns whether it is, or its process has ended before."""
    deadline = time.monotonic() + MAX_SECONDS
    while not ready():
        if not process.is_alive() or time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
