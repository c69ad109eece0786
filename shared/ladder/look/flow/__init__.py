"""Draw the flowcharts of the READMEs, which GitHub draws from the same text (Mermaid)."""

from ladder.look.flow.drawing import svg as svg
