"""All trees of a forest asked at once, by looking up instead of walking: nothing is executed that came with the model.

Number the leaves of a tree from the left. A test that sends a flight to the right rules out the leaves on its left, and
the flight ends in the first leaf that no test rules out. Which leaves the tests of one feature rule out depends only on
between which of their thresholds its value lies: that is a table for each feature, with a column for each tree
(QuickScorer: Lucchese and others, SIGIR 2015).
"""

import numpy as np
import treelite

from flighttime.errors import Refused

CATEGORY = 2  # treelite's name for a test whether a code is in a list
MOST_LEAVES = 64  # as many as a number has bits
ROWS = 512  # at a time, so that what is worked on stays near the processor


class Tree:
    """A tree as treelite has it, its leaves numbered from the left."""

    def __init__(self, fields: treelite.model.TreeAccessor) -> None:
        self.below = list(zip(*map(fields.get_field, ("cleft", "cright")), strict=True))
        self.value, self.threshold = (fields.get_field(name).tolist() for name in ("leaf_value", "threshold"))
        self.feature, self.kind = (fields.get_field(name).tolist() for name in ("split_index", "node_type"))
        self.left_if_unknown = fields.get_field("default_left").astype(bool)
        self.right_if_there = fields.get_field("category_list_right_child").astype(bool)
        codes, begin, end = (fields.get_field(f"category_list{part}").astype("int64") for part in ("", "_begin", "_end"))
        self.codes = [codes[first:last] for first, last in zip(begin, end, strict=True)]
        self.leaves: list[float] = []
        self.on_its_left: dict[int, int] = {}
        self.number(0)
        if len(self.leaves) > MOST_LEAVES:
            raise Refused(f"a tree has {len(self.leaves)} leaves: train with a max_leaf_nodes of at most {MOST_LEAVES}")

    def number(self, node: int) -> None:
        """Number the leaves below a node, and note for each test which lie on its left, a bit for each."""
        left, right = self.below[node]
        if left < 0:
            self.leaves.append(self.value[node])
            return
        first = len(self.leaves)
        self.number(left)
        self.on_its_left[node] = (1 << len(self.leaves)) - (1 << first)
        self.number(right)

    def edges(self, feature: int) -> set[float]:
        """Where the tests of a feature begin to tell values apart: at thresholds, before codes and after."""
        tests = [node for node in self.on_its_left if self.feature[node] == feature]
        codes = {float(code) for node in tests if self.kind[node] == CATEGORY for code in self.codes[node]}
        return codes | {code - 0.5 for code in codes} | {self.threshold[node] for node in tests if self.kind[node] != CATEGORY}

    def possible(self, feature: int, values: np.ndarray) -> np.ndarray:
        """For each value the leaves that the tests of this feature leave possible."""
        leaves = np.full(len(values), 2**64 - 1, dtype="uint64")
        for node, left in self.on_its_left.items():
            if self.feature[node] == feature:
                leaves[self.sent_right(node, values)] &= np.uint64(2**64 - 1 - left)
        return leaves

    def sent_right(self, node: int, values: np.ndarray) -> np.ndarray:
        if self.kind[node] == CATEGORY:
            right = np.isin(values, self.codes[node]) == self.right_if_there[node]
        else:
            right = values > self.threshold[node]
        return np.where(np.isnan(values), not self.left_if_unknown[node], right)


class Forest:
    """Answers as the trained model does, to the last bit: the same leaves, added up in the same order."""

    def __init__(self, model: treelite.Model) -> None:
        trees = [Tree(model.get_tree_accessor(number)) for number in range(model.num_tree)]
        width = max(len(tree.leaves) for tree in trees)
        kind = "uint32" if width <= 32 else "uint64"
        self.edges, self.possible = [], []
        for feature in range(model.num_feature):
            edges = np.array([*sorted(set().union(*(tree.edges(feature) for tree in trees))), np.inf])
            # One value for each interval that ends in an edge, and one that nobody knows.
            values = np.append(edges, np.nan)
            self.edges.append(edges)
            self.possible.append(np.column_stack([tree.possible(feature, values) for tree in trees]).astype(kind))
        self.minutes = np.concatenate([np.resize(tree.leaves, width) for tree in trees])
        self.minutes[:width] += model.get_header_accessor().get_field("base_scores")[0]
        self.before = np.arange(len(trees)) * width - 1

    def predict(self, encoded: np.ndarray) -> np.ndarray:
        """Minutes for rows of numbers in the order of FEATURES; NaN is what nobody knows."""
        if len(encoded) <= ROWS:
            return self.some(encoded)
        return np.concatenate([self.some(encoded[row : row + ROWS]) for row in range(0, len(encoded), ROWS)])

    def some(self, encoded: np.ndarray) -> np.ndarray:
        leaves = np.array(-1).astype(self.possible[0].dtype)
        for edges, possible, values in zip(self.edges, self.possible, encoded.T, strict=True):
            leaves = np.bitwise_and(leaves, possible.take(edges.searchsorted(values), axis=0))
        # The number of the lowest bit, counted from one.
        first = np.bitwise_count(leaves ^ (leaves - 1))
        minutes = self.minutes.take(np.ascontiguousarray((first + self.before).T))
        # Tree after tree, as they were trained; the sum of a single column would be added up in another order.
        return np.add.reduce(minutes, axis=0) if len(encoded) > 1 else minutes.cumsum(axis=0)[-1]
