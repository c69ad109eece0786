"""Benchmarks: each prints its measurements on this machine, without a verdict."""

import argparse

from ladder.bench import loop
from ladder.bench import monitoring
from ladder.bench import pipeline
from ladder.bench import serving

BENCHMARKS = {"loop": loop, "monitoring": monitoring, "pipeline": pipeline, "serving": serving}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    which = parser.add_subparsers(dest="benchmark", metavar="BENCHMARK", required=True)
    for name, benchmark in BENCHMARKS.items():
        benchmark.add_arguments(
            which.add_parser(name, help=benchmark.HELP, description=benchmark.HELP)
        )


def main(arguments: argparse.Namespace) -> int:
    return BENCHMARKS[arguments.benchmark].main(arguments)
