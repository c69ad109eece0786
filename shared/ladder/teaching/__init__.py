"""What an instructor needs: measured minutes, schedules that add up, and tables in the texts."""

from ladder.places import ROOT

FOLDER = ROOT / "shared" / "teaching"
RUN_SHEET = ROOT / "INSTRUCTORS.md"
