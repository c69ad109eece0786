"""The leaves of each tree as bits, and which of them a feature's value leaves possible.

The nodes of all trees are in one array a field, so that numpy does the work and not Python.
"""

import numpy as np
import treelite

from groundcrew.errors import UserError

CATEGORY_TEST = 2  # treelite's node type for a test whether a code is in a list
MAX_LEAVES = 64  # the bits of an integer
ALL_LEAVES = np.uint64(2**MAX_LEAVES - 1)


class Leaves:
    """The nodes of a model's trees, with the leaves of each tree numbered from the left."""

    def __init__(self, model: treelite.Model) -> None:
        trees = [model.get_tree_accessor(number) for number in range(model.num_tree)]
        left = [tree.get_field("cleft").astype("int64") for tree in trees]
        right = [tree.get_field("cright").astype("int64") for tree in trees]
        codes = [tree.get_field("category_list").astype("int64") for tree in trees]

        def joined(name: str) -> np.ndarray:
            return np.concatenate([tree.get_field(name) for tree in trees])

        sizes = [len(nodes) for nodes in left]
        self._roots = np.cumsum([0, *sizes[:-1]])
        self._tree = np.repeat(np.arange(len(trees)), sizes)
        self._is_test = np.concatenate(left) >= 0
        self._left = np.concatenate(left) + self._roots[self._tree]
        self._right = np.concatenate(right) + self._roots[self._tree]
        self._value = joined("leaf_value")
        self._threshold = joined("threshold")
        self._feature = joined("split_index")
        self._is_category = joined("node_type") == CATEGORY_TEST
        self._missing_goes_left = joined("default_left").astype(bool)
        self._listed_goes_right = joined("category_list_right_child").astype(bool)
        self._codes = np.concatenate(codes)
        begin = joined("category_list_begin").astype("int64")
        self._codes_number = joined("category_list_end").astype("int64") - begin
        self._codes_begin = begin + np.cumsum([0, *map(len, codes[:-1])])[self._tree]
        self._number_leaves()

    def _number_leaves(self) -> None:
        """Number the leaves, and store the set of those to the left of each test."""
        layers, nodes = [], self._roots
        while len(nodes):
            layers.append(nodes[self._is_test[nodes]])
            nodes = np.concatenate([self._left[layers[-1]], self._right[layers[-1]]])
        below = np.ones(len(self._tree), "uint64")  # leaves at or below each node
        for tests in reversed(layers):
            below[tests] = below[self._left[tests]] + below[self._right[tests]]
        if (most := int(below.max())) > MAX_LEAVES:
            raise UserError(
                f"a tree has {most} leaves, and at most {MAX_LEAVES} are supported: "
                f"train with max_leaf_nodes={MAX_LEAVES} or less",
            )
        self.most = most
        self._first = np.zeros(len(self._tree), "uint64")  # the leaf that is farthest left
        self._left_leaves = np.zeros(len(self._tree), "uint64")
        for tests in layers:
            first, left = self._first[tests], self._left[tests]
            self._first[left], self._first[self._right[tests]] = first, first + below[left]
            one = np.uint64(1)
            self._left_leaves[tests] = ((one << below[left]) - one) << first

    def values(self) -> np.ndarray:
        """Return what the leaves predict, by tree and number; zero where a tree has fewer."""
        values, leaf = np.zeros((len(self._roots), self.most)), ~self._is_test
        values[self._tree[leaf], self._first[leaf]] = self._value[leaf]
        return values

    def edges(self, feature: int) -> np.ndarray:
        """Return the values at which a test of the feature may change: thresholds, and codes."""
        tests = self._tests(feature)
        is_category = self._is_category[tests]
        _, codes = self._listed(tests[is_category])
        return np.unique(np.concatenate([self._threshold[tests[~is_category]], codes - 0.5, codes]))

    def possible(self, feature: int, values: np.ndarray) -> np.ndarray:
        """Return by value and tree the set of leaves that the feature's tests allow, as bits."""
        possible = np.full((len(self._roots), len(values)), ALL_LEAVES)
        if len(tests := self._tests(feature)):
            left_leaves = self._left_leaves[tests][:, None]
            allowed = np.where(self._goes_right(tests, values), ~left_leaves, ALL_LEAVES)
            trees, first = np.unique(self._tree[tests], return_index=True)
            possible[trees] = np.bitwise_and.reduceat(allowed, first)
        return possible.T

    def _tests(self, feature: int) -> np.ndarray:
        return np.flatnonzero(self._is_test & (self._feature == feature))

    def _goes_right(self, tests: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Return by test and value whether the test sends the value to the right."""
        is_category = self._is_category[tests]
        right = values > self._threshold[tests][:, None]
        positions, codes = self._listed(tests[is_category])
        listed = np.zeros((is_category.sum(), len(values)), bool)
        # Each code is one of the values.
        listed[positions, values.searchsorted(codes)] = True
        right[is_category] = listed == self._listed_goes_right[tests[is_category]][:, None]
        return np.where(np.isnan(values), ~self._missing_goes_left[tests][:, None], right)

    def _listed(self, tests: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return each code that a test lists, after the position of its test in `tests`."""
        begin, number = self._codes_begin[tests], self._codes_number[tests]
        positions = np.repeat(np.arange(len(tests)), number)
        within = np.arange(len(positions)) - np.repeat(np.cumsum(number) - number, number)
        return positions, self._codes[begin[positions] + within]
