"""What the team is told after it did something to requests: what happened, how much of it, what is left to do."""

from typing import Final

from botcore.domain.approvals import Decided
from botcore.domain.replies import Answer, render
from botcore.domain.reruns import Rerun, Reruns
from botcore.domain.status_moves import Move
from botcore.enums import SupportStatus
from panel.enums import status_label
from panel.errors import (
    PanelError,
    PanelNotConfigured,
    PanelNotFound,
    PanelProtocolError,
    PanelRateLimited,
    PanelUnauthorized,
    PanelUrlRefused,
)

RERUN_WORDS: Final = {
    Rerun.STARTED: "it runs again now. The answer goes to the chat, the row follows.",
    Rerun.ALONGSIDE: "it runs again now, with the rest of its message.",
    Rerun.RUNNING: "it is being worked on this moment.",
    Rerun.NOT_A_REQUEST: "only requests about orders can be run again.",
    Rerun.DONE_BEFORE: "it was carried out already, so nothing is done twice. Set its status instead.",
    Rerun.WAITS_FOR_DECISION: "it waits for a decision: approve or refuse it.",
    Rerun.DECIDED: "the team has decided on it already.",
    Rerun.MESSAGE_GONE: "the message it came from is not kept any more.",
    Rerun.UNKNOWN: "it is not there any more.",
}
_SHORT: Final = {
    Rerun.RUNNING: "running already",
    Rerun.NOT_A_REQUEST: "not about an order",
    Rerun.DONE_BEFORE: "carried out already",
    Rerun.WAITS_FOR_DECISION: "waiting for a decision",
    Rerun.DECIDED: "decided already",
    Rerun.MESSAGE_GONE: "without their message",
    Rerun.UNKNOWN: "not there any more",
}


def left_something(done: Move) -> bool:
    """Whether somebody must still see to some of it."""
    return bool(done.moved.unknown or (done.escalated and done.escalated.unsent))


def of_move(done: Move, *, serial: int | None = None) -> str:
    moved = done.moved
    count, same, gone = len(moved.changed), len(moved.unchanged), len(moved.unknown)
    if serial is not None:
        said = [
            f"#{serial} is {done.status.value} now."
            if count
            else f"#{serial} was {done.status.value} already."
        ]
    else:
        said = (
            [f"{_requests(count)} {'is' if count == 1 else 'are'} {done.status.value} now."] if count else []
        )
        if same:
            said.append(f"{same} {'was' if same == 1 else 'were'} so already.")
        if gone:
            said.append(f"{gone} {'is' if gone == 1 else 'are'} not there any more.")
    if done.status == SupportStatus.ESCALATED and count:
        said.append(_of_escalation(done))
    return " ".join(said)


def _of_escalation(done: Move) -> str:
    sent = len(done.escalated.sent) if done.escalated else 0
    unsent = len(done.escalated.unsent) if done.escalated else 0
    said = []
    if sent:
        said.append(f"{_orders(sent)} passed to the provider's group.")
    if unsent:
        said.append(f"{_orders(unsent)} not passed on: no group is mapped to the provider, or none is known.")
    return " ".join(said) or "It is about no order, so no provider was asked."


def of_reruns(done: Reruns) -> str:
    running = done.count(Rerun.STARTED, Rerun.ALONGSIDE)
    said = [f"{_requests(running)} {'runs' if running == 1 else 'run'} again now."] if running else []
    for kind, words in _SHORT.items():
        if count := done.count(kind):
            said.append(f"{count} left alone: {words}.")
    return " ".join(said)


def of_decision(decided: Decided) -> str:
    """The bot's own words for the chat, without WhatsApp's marks."""
    order = decided.order
    answer = Answer(
        f"approval_{decided.verdict.value}",
        {
            "status": status_label(order.status) if order else None,
            "service": order.service_name if order else None,
        },
        decided.log.order_id,
    )
    return render([answer], {}).replace("*", "").replace("✅ ", "")


def of_panel_error(error: PanelError, *, order_id: int) -> str:
    """Why an order cannot be shown."""
    if isinstance(error, PanelNotFound):
        return f"The panel knows no order {order_id} any more."
    if isinstance(error, PanelNotConfigured):
        return "No panel is connected yet. The owner connects it under Bot Settings, Panel."
    if isinstance(error, PanelUnauthorized):
        return "The panel refuses the Admin API key. Enter a valid one under Bot Settings, Panel."
    if isinstance(error, PanelUrlRefused):
        return "The panel's address is not one we may call. Check it under Bot Settings, Panel."
    if isinstance(error, PanelRateLimited):
        return "The panel is busy with other calls. Look again in a few seconds."
    if isinstance(error, PanelProtocolError):
        return "What answers at the panel's address is not its Admin API. Check the address and the firewall."
    return "The panel does not answer just now. Look again in a moment."


def _requests(count: int) -> str:
    return f"{count} request" if count == 1 else f"{count} requests"


def _orders(count: int) -> str:
    return f"{count} order" if count == 1 else f"{count} orders"
