"""The climb: an attendee's own repository, taken from level to level by what checks say."""
