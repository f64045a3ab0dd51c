"""What is written into a provider's WhatsApp group: ids and a word, `3155,3154 refill`."""

from collections.abc import Iterable, Mapping, Sequence
from string import Formatter
from typing import Any, Protocol

from providers.enums import MessageAction
from providers.errors import BadMessageFormat

IDS_A_MESSAGE = 100
LONGEST_FORMAT = 200
DEFAULT_FORMATS = {
    MessageAction.REFILL: "{oids} refill",
    MessageAction.CANCEL: "{oids} cancel",
    MessageAction.SPEED_UP: "{oids} speed up",
    MessageAction.REFUND: "{oids} refund",
    MessageAction.PARTIAL: "{oids} partial",
    MessageAction.FAKE_COMPLETE: "{oids} fake complete",
    MessageAction.ESCALATION: "{oids}",
}


class HasFormats(Protocol):
    @property
    def message_formats(self) -> Any: ...


def format_message(provider: HasFormats, action: str, oids: Sequence[str]) -> list[str]:
    """Return the messages to send, a hundred ids each, every id once; none for no ids. action: a
    MessageAction. The caller sees to it that all ids are this provider's."""
    wording = format_of(provider, MessageAction(action))
    wanted = list(dict.fromkeys(oid.strip() for oid in oids if oid.strip()))
    return [
        wording.format(oids=",".join(wanted[start : start + IDS_A_MESSAGE]))
        for start in range(0, len(wanted), IDS_A_MESSAGE)
    ]


def format_of(provider: HasFormats, action: MessageAction) -> str:
    """The provider's own wording, else the default; one that cannot be used counts as none."""
    stored = provider.message_formats
    text = stored.get(action.value) if isinstance(stored, Mapping) else None
    try:
        return check_format(text) if isinstance(text, str) else DEFAULT_FORMATS[action]
    except BadMessageFormat:
        return DEFAULT_FORMATS[action]


def check_format(text: str) -> str:
    """Return the format as it is stored. Raises BadMessageFormat."""
    text = text.strip()
    if len(text) > LONGEST_FORMAT:
        raise BadMessageFormat("too_long")
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise BadMessageFormat("braces") from error
    variables = [(name, spec, conversion) for _, name, spec, conversion in parts if name is not None]
    if any(variable != ("oids", "", None) for variable in variables):
        raise BadMessageFormat("unknown_variable")
    if not variables:
        raise BadMessageFormat("no_oids")
    return text


def check_formats(formats: Mapping[str, str]) -> dict[str, str]:
    """The formats of a form as they are stored: blank ones left out. Raises BadMessageFormat, and ValueError
    for an action that does not exist."""
    return {MessageAction(action).value: check_format(text) for action, text in _filled(formats.items())}


def _filled(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return ((action, text) for action, text in pairs if text.strip())
