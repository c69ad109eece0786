"""Tables that updates extend and correct: in one Parquet file, or with versions in Delta."""

from groundcrew.tables.plain import Table as Table
from groundcrew.tables.rows import Changes as Changes
from groundcrew.tables.rows import Update as Update
from groundcrew.tables.rows import digest as digest
from groundcrew.tables.versioned import VersionedTable as VersionedTable
