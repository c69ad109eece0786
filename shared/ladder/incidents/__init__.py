"""Put the same incidents to every level, and measure what happens: `ladder incidents`."""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from ladder.incidents import command

    command.add_arguments(parser)


def main(arguments: argparse.Namespace) -> int:
    from ladder.incidents import command

    return command.main(arguments)
