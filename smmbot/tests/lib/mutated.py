"""Real answers of an API with a few places put wrong, for property tests of their readers."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

ODD_TEXTS = ("", "0", "n/a", "1e400", "-1", "2026-02-01", "<b>", "[]", "\x00", "\ud800")


@cache
def odd(*names: str) -> st.SearchStrategy[Any]:
    """Any JSON value, the odd ones often. names: keys its objects shall often have."""
    keys = st.text(max_size=8)
    return st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=20)
        | st.sampled_from([*ODD_TEXTS, 10**400, -(10**20)]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(keys | st.sampled_from(names) if names else keys, inner, max_size=3)
        ),
        max_leaves=6,
    )


@st.composite
def mutated(draw: Any, answer: Any, names: tuple[str, ...] = ()) -> Any:
    """The answer with a few places replaced, removed or wrapped."""
    for _ in range(draw(st.integers(1, 4))):
        answer = _put_wrong(draw, answer, odd(*names))
    return answer


def _put_wrong(draw: Any, value: Any, anything: st.SearchStrategy[Any]) -> Any:
    inside = isinstance(value, dict | list) and value and draw(st.integers(0, 4))
    if not inside:
        return draw(st.one_of(anything, st.just([value]), st.just({"list": value}), st.just({"data": value})))
    if isinstance(value, list):
        index = draw(st.integers(0, len(value) - 1))
        return [*value[:index], _put_wrong(draw, value[index], anything), *value[index + 1 :]]
    name = draw(st.sampled_from(sorted(value)))
    if draw(st.integers(0, 5)) == 0:
        return {key: one for key, one in value.items() if key != name}
    return {**value, name: _put_wrong(draw, value[name], anything)}
