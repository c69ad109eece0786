"""The leaves of one tree as bits, and which of them a feature's value leaves possible."""

import numpy as np
import treelite

from groundcrew.errors import UserError

CATEGORY_TEST = 2  # treelite's node type for a test whether a code is in a list
MAX_LEAVES = 64  # the bits of an integer
ALL_LEAVES = 2**MAX_LEAVES - 1


class Tree:
    """One tree in treelite's form, with its leaves numbered from the left."""

    def __init__(self, fields: treelite.model.TreeAccessor) -> None:
        left, right = fields.get_field("cleft"), fields.get_field("cright")
        self._children = list(zip(left, right, strict=True))
        self._value = fields.get_field("leaf_value").tolist()
        self._threshold = fields.get_field("threshold").tolist()
        self._feature = fields.get_field("split_index").tolist()
        self._kind = fields.get_field("node_type").tolist()
        self._missing_goes_left = fields.get_field("default_left").astype(bool)
        self._listed_goes_right = fields.get_field("category_list_right_child").astype(bool)
        codes = fields.get_field("category_list").astype("int64")
        begin = fields.get_field("category_list_begin").astype("int64")
        end = fields.get_field("category_list_end").astype("int64")
        self._codes = [codes[first:last] for first, last in zip(begin, end, strict=True)]
        self.leaves: list[float] = []
        self._left_leaves: dict[int, int] = {}
        self._tests_of: dict[int, list[int]] = {}
        self._number_leaves(0)
        if len(self.leaves) > MAX_LEAVES:
            raise UserError(
                f"a tree has {len(self.leaves)} leaves, and at most {MAX_LEAVES} are supported: "
                f"train with max_leaf_nodes={MAX_LEAVES} or less",
            )

    def _number_leaves(self, node: int) -> None:
        """Number the leaves below a node, and store the set of those to the left of each test."""
        left, right = self._children[node]
        if left < 0:
            self.leaves.append(self._value[node])
            return
        self._tests_of.setdefault(self._feature[node], []).append(node)
        first = len(self.leaves)
        self._number_leaves(left)
        self._left_leaves[node] = (1 << len(self.leaves)) - (1 << first)
        self._number_leaves(right)

    def edges(self, feature: int) -> set[float]:
        """Return the values at which a test of the feature may change: thresholds, and codes."""
        edges: set[float] = set()
        for node in self._tests(feature):
            if self._kind[node] == CATEGORY_TEST:
                edges.update(self._codes[node] - 0.5, map(float, self._codes[node]))
            else:
                edges.add(self._threshold[node])
        return edges

    def possible_leaves(self, feature: int, ends: np.ndarray) -> np.ndarray:
        """Return which leaves the tests of this feature allow, as bits, in each interval of values.

        `ends` are the intervals' ends in order: all of `edges(feature)`, and infinity. Missing
        values have a place after the last interval.
        """
        leaves = np.full(len(ends) + 1, ALL_LEAVES, dtype="uint64")
        for node in self._tests(feature):
            allowed = np.uint64(ALL_LEAVES - self._left_leaves[node])
            if self._kind[node] == CATEGORY_TEST:
                listed = np.zeros(len(ends), dtype=bool)
                listed[ends.searchsorted(self._codes[node])] = True
                leaves[:-1][listed == self._listed_goes_right[node]] &= allowed
            else:
                beyond = ends.searchsorted(self._threshold[node], side="right")
                leaves[beyond:-1] &= allowed
            if not self._missing_goes_left[node]:
                leaves[-1] &= allowed
        return leaves

    def _tests(self, feature: int) -> list[int]:
        return self._tests_of.get(feature, [])
