"""Where a message forbids rather than asks. Only noticed, not understood: in doubt it forbids."""

from bisect import bisect_right
from collections.abc import Container

from botcore.commands.parsing import words as w

_REACH = 8  # words looked at; those that count are fewer


class Negation:
    """clauses: where clauses begin, actions: where action phrases begin, both as places in words."""

    def __init__(self, words: list[str], clauses: list[int], *, actions: Container[int]) -> None:
        self._words = words
        self._clauses = clauses
        self._actions = actions

    def forbids(self, start: int, end: int) -> bool:
        """Whether words[start:end] are forbidden by words before them or (Hindi, Bengali, Turkish) behind."""
        return self._forbidden_before(start) or self._forbidden_after(end)

    def excepts(self, place: int) -> bool:
        """ "cancel 54321 not 54322" """
        at = place - 1
        while at >= 0 and self._words[at] in w.BEFORE_AN_EXCEPTED_ID:
            at -= 1
        return at >= 0 and self._words[at] in w.EXCEPTS and (at == 0 or self._words[at - 1] != "or")

    def _forbidden_before(self, start: int) -> bool:
        between = 0
        for at in range(start - 1, max(-1, start - _REACH), -1):
            word = self._words[at]
            if word in w.NEGATORS or (word in w.NEGATES_ITS_NEIGHBOUR and between == 0):
                return not self._ends_before(at, start)
            if not word or word in w.TAKES_THE_NEGATION:
                return False
            if word not in w.LIGHT:
                between += 1
                if between > 1:
                    return False
        return False

    def _ends_before(self, negator: int, start: int) -> bool:
        """Whether a clause ends between: "not working, refill". "Don't, cancel" is still taken as one."""
        earliest = negator + 1 if self._words[negator] in w.ENDS_WITH_ITS_CLAUSE else negator + 2
        next_clause = bisect_right(self._clauses, earliest - 1)
        return next_clause < len(self._clauses) and self._clauses[next_clause] <= start

    def _forbidden_after(self, end: int) -> bool:
        first, second = (*self._words[end : end + 2], "", "")[:2]
        if not first:
            return False
        if first in w.NEGATORS_AFTER or second in w.NEGATORS_AFTER:
            return True
        if first in w.SOFT_NEGATORS or first in w.PLEADING_NEGATORS:
            return second in w.FORBIDDEN_VERBS or end + 1 in self._actions
        return (first in w.INFINITIVES and second in w.SOFT_NEGATORS) or (
            first in w.VERBS_FORBIDDEN_BY_NA and second in w.PLEADING_NEGATORS
        )
