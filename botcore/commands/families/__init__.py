"""Importing this package fills the command table, in the order help shows it."""

from botcore.commands.families import order_status, refill, cancel, speed_up, account  # noqa: I001 -- help's order
from botcore.commands.families import bot_status, broadcast, flags, resolve, users, config
from botcore.commands.families import help

__all__ = [
    "account",
    "bot_status",
    "broadcast",
    "cancel",
    "config",
    "flags",
    "help",
    "order_status",
    "refill",
    "resolve",
    "speed_up",
    "users",
]
