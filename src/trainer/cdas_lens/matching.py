"""Finds the dataset rows that a sampler.json speaks of."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from cdas_lens.decisions import Decided
from cdas_lens.identity import RowIdentity, difficulty_label, row_identities


class Match(NamedTuple):
    """The rows of one problem; none of them when the dataset does not hold it or `ambiguous` says why."""

    rows: Tuple[int, ...]
    ambiguous: bool = False


_NOTHING = Match(())


class _RowLists:
    """Lists of rows by key, in the memory of one number where a key has one row, as almost all have."""

    def __init__(self) -> None:
        self._first: Dict[str, int] = {}
        self._more: Dict[str, List[int]] = {}

    def add(self, key: str, row: int) -> None:
        if self._first.setdefault(key, row) != row:
            self._more.setdefault(key, []).append(row)

    def __contains__(self, key: object) -> bool:
        return key in self._first

    def get(self, key: str) -> List[int]:
        if key not in self._first:
            return []
        return [self._first[key], *self._more.get(key, ())]


class DatasetIndex:
    """Every row of a dataset by id, dataset index and text hash.

    `problem_of_row` names the problem each row is: its own id where that tells problems apart, else the one made
    from its text. Rows that share all of it are one problem. `labels` are the difficulties that rows carry.
    """

    def __init__(self, identities: Sequence[RowIdentity], labels: Sequence[Optional[float]] = ()):
        self.identities = identities
        self.labels = labels
        self._by_explicit = _RowLists()
        self._by_hash = _RowLists()
        for row, identity in enumerate(identities):
            for explicit in identity.explicit:
                self._by_explicit.add(explicit, row)
            if identity.text_hash is not None:
                self._by_hash.add(identity.text_hash, row)
        self.problem_of_row: List[str] = [self._problem(row) for row in range(len(identities))]

    def rows_by_problem(self) -> Dict[str, List[int]]:
        """The rows of every problem, in row order."""
        found: Dict[str, List[int]] = {}
        for row, problem_id in enumerate(self.problem_of_row):
            found.setdefault(problem_id, []).append(row)
        return found

    @classmethod
    def of_rows(cls, rows: Iterable[Mapping[str, Any]], prompt_key: Optional[str] = None) -> "DatasetIndex":
        """The index of a dataset given its rows in order."""
        labels: List[Optional[float]] = []

        def labelled() -> Iterator[Mapping[str, Any]]:
            for row in rows:
                labels.append(difficulty_label(row))
                yield row

        identities = row_identities(labelled(), prompt_key)
        return cls(identities, labels if any(each is not None for each in labels) else ())

    def __len__(self) -> int:
        return len(self.identities)

    def holds(self, problem_id: str) -> bool:
        """Whether any row carries this id or the text that it was made from; cheaper than `find`."""
        hashed, _ = taken_apart(problem_id)
        return problem_id in self._by_explicit or hashed in self._by_hash

    def find(self, problem_id: str, decided: Optional[Decided] = None) -> Match:
        """The rows of a problem: by its id, else by its dataset index, else by its text hash.

        An id or an index shared by rows of different problems is narrowed by the text hash or called ambiguous; one
        that points at another text than the config says does not count.
        """
        text_hash = decided.text_hash if decided else None
        index = decided.index if decided else None
        hashed, suffix = taken_apart(problem_id)
        if hashed is not None:
            by_text = [row for row in self._by_hash.get(hashed) if suffix in (None, self.identities[row].suffix)]
        else:
            by_text = []
        tries = [self._narrowed(rows, text_hash) for rows in (self._by_explicit.get(problem_id), by_text)]
        if index is not None and suffix is None:
            tries.append(self._narrowed(self._rows_at_index(index), text_hash))
        if text_hash is not None and suffix is None:
            tries.append(self._narrowed(self._by_hash.get(text_hash), text_hash))
        found = next((each for each in tries if each.rows), None)
        return found or next((each for each in tries if each.ambiguous), _NOTHING)

    def problem_at_index(self, index: str) -> Optional[str]:
        """The problem whose row carries this dataset index, if it is the only one."""
        problems = {self.problem_of_row[row] for row in self._rows_at_index(index)}
        return problems.pop() if len(problems) == 1 else None

    def _rows_at_index(self, index: str) -> List[int]:
        return [row for row in self._by_explicit.get(index) if self.identities[row].dataset_index == index]

    def _narrowed(self, rows: Sequence[int], text_hash: Optional[str]) -> Match:
        if text_hash is not None:
            rows = [row for row in rows if self.identities[row].text_hash in (text_hash, None)]
        if not rows:
            return _NOTHING
        if len({self._text_identity(row) for row in rows}) > 1:
            return Match((), ambiguous=True)
        return Match(tuple(rows))

    def _text_identity(self, row: int) -> Tuple[Optional[str], str]:
        identity = self.identities[row]
        return identity.hash_id, identity.suffix

    def _problem(self, row: int) -> str:
        identity = self.identities[row]
        for explicit in identity.explicit:
            rows = self._by_explicit.get(explicit)
            if len(rows) == 1 or len({self._text_identity(other) for other in rows}) == 1:
                return explicit
        return identity.hash_id or f"row:{row}"


def taken_apart(problem_id: str) -> Tuple[Optional[str], Optional[str]]:
    """Text hash and ground truth suffix of an id that was made from a text; None, None for other ids."""
    if not problem_id.startswith("h:"):
        return None, None
    hashed, _, suffix = problem_id[2:].partition("~")
    return hashed, suffix or None
