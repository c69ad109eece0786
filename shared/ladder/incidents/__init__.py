"""Put the same incidents to every level, and measure what happens."""
