"""The levels' READMEs: one template, and the sections that follow from what is published."""
