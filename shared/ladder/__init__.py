"""The workshop's own tool: sets the stage, runs the year, and checks what the levels claim."""
