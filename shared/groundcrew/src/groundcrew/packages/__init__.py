"""A package: a signed folder with the digest of every file, and examples of its predictions."""

from groundcrew.packages.contents import CARD as CARD
from groundcrew.packages.contents import EXAMPLES as EXAMPLES
from groundcrew.packages.contents import card as card
from groundcrew.packages.contents import examples as examples
from groundcrew.packages.contents import measure as measure
from groundcrew.packages.contents import require_examples as require_examples
from groundcrew.packages.contents import write_card as write_card
from groundcrew.packages.contents import write_examples as write_examples
from groundcrew.packages.identity import LINEAGE as LINEAGE
from groundcrew.packages.identity import require as require
from groundcrew.packages.integrity import MANIFEST as MANIFEST
from groundcrew.packages.integrity import copy as copy
from groundcrew.packages.integrity import digest as digest
from groundcrew.packages.integrity import digests as digests
from groundcrew.packages.integrity import manifest as manifest
from groundcrew.packages.integrity import seal as seal
from groundcrew.packages.integrity import verify as verify
