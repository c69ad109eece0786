"""All trees of a forest evaluated at once, by table lookup instead of walking down each tree.

The leaves of a tree are numbered from the left. A test that sends a row to the right excludes the
leaves to its left, and the row ends in the first leaf that no test excludes. Which leaves the tests
of one feature exclude depends only on the interval between thresholds that its value lies in: that
is one table a feature, with a column for each tree (QuickScorer: Lucchese et al., SIGIR 2015).

treelite's own `gtil.predict` needs 3 times as long for one row and 20 times as long for 10,000, and
adds the trees up in another order, so that the last digits differ from scikit-learn's.
"""

import numpy as np
import treelite

from groundcrew.trees.leaves import Tree

ROWS_AT_ONCE = 512  # keeps the intermediate arrays in the processor's cache


class Forest:
    """Predicts what the trained model does, to the last bit: the same leaves, in the same order."""

    def __init__(self, model: treelite.Model) -> None:
        trees = [Tree(model.get_tree_accessor(number)) for number in range(model.num_tree)]
        width = max(len(tree.leaves) for tree in trees)
        kind = "uint32" if width <= 32 else "uint64"
        self._edges, self._possible = [], []
        for feature in range(model.num_feature):
            edges = sorted(set().union(*(tree.edges(feature) for tree in trees)))
            ends = np.array([*edges, np.inf])
            possible = [tree.possible_leaves(feature, ends) for tree in trees]
            self._edges.append(ends)
            self._possible.append(np.column_stack(possible).astype(kind))
        self._values = np.concatenate([np.resize(tree.leaves, width) for tree in trees])
        self._values[:width] += model.get_header_accessor().get_field("base_scores")[0]
        self._offsets = np.arange(len(trees)) * width - 1

    def predict(self, encoded: np.ndarray) -> np.ndarray:
        """Return one prediction a row of float64 (n_rows, n_features) values; NaN is missing."""
        if len(encoded) <= ROWS_AT_ONCE:
            return self._predict_chunk(encoded)
        starts = range(0, len(encoded), ROWS_AT_ONCE)
        chunks = [self._predict_chunk(encoded[start : start + ROWS_AT_ONCE]) for start in starts]
        return np.concatenate(chunks)

    def _predict_chunk(self, encoded: np.ndarray) -> np.ndarray:
        leaves = np.array(-1).astype(self._possible[0].dtype)
        for edges, possible, values in zip(self._edges, self._possible, encoded.T, strict=True):
            leaves = np.bitwise_and(leaves, possible.take(edges.searchsorted(values), axis=0))
        # The number of the lowest set bit, counted from one.
        first = np.bitwise_count(leaves ^ (leaves - 1))
        values = self._values.take(np.ascontiguousarray((first + self._offsets).T))
        # scikit-learn adds tree after tree; numpy sums a single column in another order.
        return np.add.reduce(values, axis=0) if len(encoded) > 1 else values.cumsum(axis=0)[-1]
