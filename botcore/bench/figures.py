"""Every figure of the bench, in the order in which they are taken."""

from botcore.bench import conversations as talk
from botcore.bench import flood
from botcore.bench.drains import queries_per_check
from botcore.bench.intake import intake_ratio
from botcore.bench.measure import Measure
from botcore.bench.pages import page_ratio
from botcore.bench.parsing import parser_linear, parser_messages_per_s

_LOADS = [(chats, latency_ms) for latency_ms in (0, 300) for chats in (1, 10, 100)]

_PAGES = {
    "overview_ratio": ("/overview", "the overview"),
    "logs_page_ratio": ("/logs/", "the first page of Message Logs, with the counts of its tabs"),
    "logs_filtered_ratio": ("/logs/?status=open&action=order", "Message Logs by status and action"),
    "logs_search_ratio": ("/logs/?q=customer7", "Message Logs searched for a username"),
    "logs_deep_ratio": ("/logs/?before=5001", "a page half-way down the shorter of the two"),
    "logs_new_ratio": ("/logs/new?since=9990", "what an open page asks every few seconds"),
}

FIGURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure(
            "intake_ratio",
            intake_ratio,
            "Messages a second the webhook stores and wakes a worker for, over requests a second of a bare view with "
            "one INSERT, on one gunicorn by turns; 1 would be as fast as the bare view.",
            aim=0.7,
        ),
        Measure(
            "queries_per_check",
            queries_per_check,
            "Statements the database sees while one `check` is handled, BEGIN and COMMIT among them; fewer is better.",
            aim=12,
            at_most=True,
        ),
        *(
            Measure(
                f"answered_per_s_{chats}_{'chat' if chats == 1 else 'chats'}_{latency_ms}ms",
                talk.answered_per_s(chats, latency_ms),
                f"Answers a second, from webhook to sent, with {chats} {'chat' if chats == 1 else 'chats'}, the next "
                f"message of each sent when its last is answered, and a panel that takes {latency_ms} ms.",
            )
            for chats, latency_ms in _LOADS
        ),
        Measure(
            "threads_hide_the_wait",
            talk.threads_hide_the_wait,
            "Answers a second of 100 chats over those of 1 chat while the panel takes 300 ms: how far waiting for "
            "panels is done side by side; 1 would be one after the other.",
            aim=20,
        ),
        Measure(
            "own_time_ms_median",
            talk.own_time_ms_median,
            "Milliseconds from the webhook to the sent answer of one `check` on an idle system with a panel that "
            "answers at once: the bot's own time; less is better.",
        ),
        Measure(
            "own_time_ms_p95",
            talk.own_time_ms_p95,
            "The same for all but the slowest twentieth; less is better.",
            aim=250,
            at_most=True,
        ),
        Measure(
            "parser_messages_per_s",
            parser_messages_per_s,
            "Messages a second one core reads, over the parser's own corpus of group talk.",
            aim=50_000,
        ),
        Measure(
            "parser_linear",
            parser_linear,
            "Time per KB of 64 KB of garbage over time per KB of 8 KB, worst kind of garbage: 1 means that a message "
            "eight times as long takes eight times as long; less is better.",
            aim=1.5,
            at_most=True,
        ),
        *(
            Measure(
                name,
                page_ratio(path),
                f"Time of {what} with a million rows over the time with ten thousand; 1 means that it does not grow.",
                aim=1.5,
                at_most=True,
            )
            for name, (path, what) in _PAGES.items()
        ),
        Measure(
            "flood_wrong",
            flood.flood_wrong,
            f"Messages lost, answered twice or out of order, and webhooks refused, in a flood of {flood.EVENTS} "
            f"webhooks, in disorder, {flood.MESSAGES_PER_CENT} in 100 messages, {flood.REPEATS_PER_CENT} repeats, "
            "during which the workers and then Redis are killed and come back.",
            aim=0,
            at_most=True,
        ),
        Measure(
            "flood_events_per_s",
            flood.flood_events_per_s,
            "Webhooks a second taken in during that flood, the moments without workers and without Redis among them.",
        ),
        Measure(
            "flood_drained_s",
            flood.flood_drained_s,
            "Seconds from the last webhook of the flood to the last answer; less is better.",
        ),
    )
}
