"""The outside world's published tables, as they were known on a day."""

from groundcrew import shield
from groundcrew.feed.clocks import disagreeing_clocks as disagreeing_clocks
from groundcrew.feed.deliveries import WEATHER as WEATHER
from groundcrew.feed.deliveries import Delivery as Delivery
from groundcrew.feed.deliveries import delivery as delivery
from groundcrew.feed.deliveries import join_weather as join_weather
from groundcrew.feed.deliveries import relative_humidity as relative_humidity
from groundcrew.feed.deliveries import without_weather as without_weather
from groundcrew.feed.publication import A_DAY as A_DAY
from groundcrew.feed.publication import LATEST as LATEST
from groundcrew.feed.publication import airlines as airlines
from groundcrew.feed.publication import airports as airports
from groundcrew.feed.publication import flights as flights
from groundcrew.feed.publication import planes as planes
from groundcrew.feed.publication import timetable as timetable
from groundcrew.feed.publication import weather as weather

# A proxy is asked for a feed elsewhere, never for one that this machine serves.
shield.spare_this_machine()
