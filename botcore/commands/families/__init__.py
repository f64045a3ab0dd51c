"""Importing this package fills the command table, in the order help shows it."""

from botcore.commands.families import order_status, refill, cancel, speed_up, refund  # noqa: I001 -- help's order
from botcore.commands.families import fake_complete, watch, account
from botcore.commands.families import refill_verify, provider_status, approve
from botcore.commands.families import bot_status, broadcast, flags, resume, resolve, users, config
from botcore.commands.families import help

__all__ = [
    "account",
    "approve",
    "bot_status",
    "broadcast",
    "cancel",
    "config",
    "fake_complete",
    "flags",
    "help",
    "order_status",
    "provider_status",
    "refill",
    "refill_verify",
    "refund",
    "resolve",
    "resume",
    "speed_up",
    "users",
    "watch",
]
