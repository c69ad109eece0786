"""Minutes in the air: predicted before a flight from New York departs."""
