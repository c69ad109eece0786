"""The README's figures and picture are those of a run, and a run still gives them."""

import pytest

from ladder import publish


def test_table_is_the_published_runs():
    text = publish.README.read_text(encoding="utf-8")

    assert publish.with_table(text, publish.published()) == text
    assert "| Level 4 |" in text


@pytest.mark.parametrize("name", ["chart.svg", "chart-narrow.svg"])
def test_picture_is_the_published_runs(name):
    shown = (publish.FOLDER / name).read_text(encoding="utf-8")

    assert shown == publish.pictures(publish.published())[name]


def test_is_at_most_two_screens():
    assert len(publish.README.read_text(encoding="utf-8").splitlines()) <= 100
