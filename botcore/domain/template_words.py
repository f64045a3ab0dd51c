"""How templates are shown to who writes them: by subject, with values as a customer might see them."""

import re
from collections.abc import Mapping, Sequence

# The first pattern that fits a key is its subject's; the last takes what is left.
_SUBJECTS: Sequence[tuple[str, str]] = (
    ("Welcome and verification", r"welcome_|verification_"),
    ("Orders", r"order_(status|bulk|not)|missing_order|too_many|bulk_"),
    ("Refill", r"refill_"),
    ("Cancel", r"cancel_"),
    ("Speed up", r"speedup_"),
    ("Refund", r"refund_"),
    ("Partial refund", r"partial_"),
    ("Nothing was delivered", r"fake_complete_"),
    ("Watching orders", r"watch_|order_watch_"),
    ("Any request", r"action_|passed_to_team|provider_update"),
    ("Account", r"balance_|my_username|services_reply|sent_privately|username_gone|account_"),
    ("Panel tickets", r"ticket_|missing_ticket"),
    ("Rights", r"permission_|user_blocked|only_in|username_unknown|members_unknown"),
    ("Providers and team", r"escalation_|new_services|staff_"),
    ("When nothing else fits", r""),
)
SUBJECTS: Sequence[str] = tuple(title for title, _ in _SUBJECTS)

SAMPLES: Mapping[str, str] = {
    "action": "Refill",
    "attempts_left": "2",
    "balance": "12.50 USD",
    "charge": "0.42 USD",
    "code": "482913",
    "command": "!config",
    "count": "3",
    "drop": "120 (12%)",
    "ended_on": "3 May 2026",
    "example": "check 54321",
    "expected": "2,500",
    "hours": "12",
    "last_author": "our team",
    "limit": "100",
    "link": "https://instagram.com/anna.media",
    "live": "2,380",
    "minutes": "10",
    "number_end": "0011",
    "order_id": "54321",
    "order_ids": "54321, 54322, 54323",
    "panel_url": "https://yourpanel.com/services",
    "password": "k3-Tulip-91",
    "provider": "Server 2",
    "quantity": "1,000",
    "refill_state": "Completed",
    "remains": "250",
    "requested_on": "1 May 2026",
    "role": "Staff",
    "service": "Instagram Likes | R30 | 50K/D",
    "services": "TikTok Views | 1M/D",
    "since": "1 May 2026, 14:05",
    "start_count": "1,500",
    "status": "In Progress",
    "subject": "Orders",
    "tenant": "Demo Panel",
    "threshold": "3%",
    "ticket_id": "5501",
    "time_left": "11 h 20 min",
    "update": "is done",
    "updated_on": "2 May 2026",
    "url": "https://bot.yourpanel.com/login",
    "username": "anna_media",
    "window_days": "30",
}


def subject_of(key: str) -> str:
    return next(title for title, pattern in _SUBJECTS if re.match(pattern, key))


def title_of(key: str) -> str:
    """`Refill submitted`"""
    return key.replace("_", " ").replace("speedup", "speed-up").capitalize()
