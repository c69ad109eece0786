"""Change the keys that sign packages: a new one, beside the old one until that is revoked."""

from groundcrew.keys.changes import NEXT as NEXT
from groundcrew.keys.changes import REVOKED as REVOKED
from groundcrew.keys.changes import ROTATED as ROTATED
from groundcrew.keys.changes import resign as resign
from groundcrew.keys.changes import revoke as revoke
from groundcrew.keys.changes import rotate as rotate
from groundcrew.keys.in_use import trusted as trusted
