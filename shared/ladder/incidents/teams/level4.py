"""The team of Level 4: a loop that people only watch."""

import json
from datetime import date
from pathlib import Path

from ladder.incidents.teams.level3 import Level3


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
            return self.play.people.refused(done)
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
            return self.play.people.call_the_source("is called by the loop, and looks")
        self.play.say("release" if decision == "released" else "decision", text)
        if decision == "retrain":
            self.play.notes.setdefault("retrained", []).append(f"{self.play.today}")
            if self.play.scenario.occasion is None:  # else a new model was wanted anyway
                self.play.notice("the loop")
