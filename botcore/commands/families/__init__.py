"""Importing this package fills the command table, in the order help shows it."""

from botcore.commands.families import order_status, refill, cancel, speed_up, account, help  # noqa: I001 -- help's order

__all__ = ["account", "cancel", "help", "order_status", "refill", "speed_up"]
