"""What the bot says, and how it becomes one WhatsApp message."""

from botcore.domain.replies.rendering import Answer, render
from botcore.domain.replies.texts import TEXTS

__all__ = ["TEXTS", "Answer", "render"]
