"""The report of a run: numbers as JSON, a page, and a table for the terminal."""

from ladder.report.chart import chart_svg
from ladder.report.findings import sentences
from ladder.report.terminal import print_table
from ladder.report.write import write_report

__all__ = ["chart_svg", "print_table", "sentences", "write_report"]
