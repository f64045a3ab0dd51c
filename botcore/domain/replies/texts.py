"""Every sentence the bot says, in one voice: short, warm, exact.

full: said of one order, or alone. line: the same in a list of several, for one order or more ({order_ids}).
WhatsApp formatting: *bold*, _italic_, `mono`. A line with a variable that has no value is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    full: str
    line: str = ""
    # Of the sender's own account, or the team's: in a group it goes to their direct message.
    is_private: bool = False


TEXTS: Mapping[str, Text] = {
    # --- order -------------------------------------------------------------------------------------------------
    "order_status": Text(
        full=(
            "*Order {order_id}* · {status}\n"
            "{service}\n"
            "Start count: {start_count}\n"
            "Remains: {remains} of {quantity}\n"
            "Charge: {charge}\n"
            "Provider: {provider}"
        ),
        line="*{order_ids}* · {status} · {remains} left",
    ),
    "order_bulk_header": Text(full="*{count} orders*"),
    "bulk_summary": Text(full="*Here is the result for your {count} orders*"),
    "order_not_found": Text(
        full="I cannot find order {order_id} on the panel. Please check the number.",
        line="*{order_ids}* · not found",
    ),
    "order_not_owned": Text(
        full="Order {order_id} is not on your account, so I cannot open it here.",
        line="*{order_ids}* · not on your account",
    ),
    # --- arguments ---------------------------------------------------------------------------------------------
    "missing_order_id": Text(full="Which order? Send the number too, like this: *{example}*"),
    "too_many_ids": Text(
        full="That is {count} orders; I take up to {limit} in one message. Please send the rest in a second one."
    ),
    "bulk_ack": Text(
        full="Got it: {count} orders. I am working through them and will send you the result here."
    ),
    # --- refill ------------------------------------------------------------------------------------------------
    "refill_submitted": Text(
        full=(
            "✅ *Refill requested* for order {order_id}\n"
            "{service}\n"
            "Link: {link}\n"
            "Quantity: {quantity}\n"
            "Start count: {start_count}\n"
            "Ask any time with *refill status {order_id}*."
        ),
        line="✅ *{order_ids}* · refill requested",
    ),
    "refill_not_eligible": Text(
        full="Order {order_id} cannot be refilled now: it is {status}. A refill is for Completed or Partial orders.",
        line="✖ *{order_ids}* · {status}; a refill is for Completed or Partial orders",
    ),
    "refill_no_guarantee": Text(
        full="Order {order_id} cannot be refilled: its service has no refill.\n{service}",
        line="✖ *{order_ids}* · the service has no refill",
    ),
    "refill_guarantee_expired": Text(
        full="Order {order_id} cannot be refilled: its refill window of {window_days} days ended on {ended_on}.",
        line="✖ *{order_ids}* · the refill window of {window_days} days ended on {ended_on}",
    ),
    "refill_no_drop": Text(
        full=(
            "Order {order_id} needs no refill now: it should stand at {expected} and stands at {live}. "
            "That is a drop of {drop}; we refill from {threshold} on."
        ),
        line="✖ *{order_ids}* · {live} of {expected}: a drop of {drop}, we refill from {threshold} on",
    ),
    "refill_status": Text(
        full="*Refill of order {order_id}* · {refill_state}\nRequested on {requested_on}\nOrder: {status}",
        line="*{order_ids}* · refill {refill_state}, requested on {requested_on}",
    ),
    "refill_status_none": Text(
        full="No refill has been requested here for order {order_id}. To ask for one, send *refill {order_id}*.",
        line="*{order_ids}* · no refill requested",
    ),
    # --- cancel ------------------------------------------------------------------------------------------------
    "cancel_submitted": Text(
        full=(
            "✅ *Cancellation requested* for order {order_id}\n"
            "{service}\n"
            "Next: the provider has to agree. What was delivered by then stays; the rest is refunded to your "
            "balance. See how it goes with *check {order_id}*."
        ),
        line="✅ *{order_ids}* · cancellation requested",
    ),
    "cancel_confirmed": Text(
        full="✅ *Order {order_id} is {status}*\n{service}\nWhat was not delivered is back on your panel balance.",
        line="✅ *{order_ids}* · {status}",
    ),
    "cancel_not_eligible": Text(
        full="Order {order_id} cannot be canceled: it is already {status}.",
        line="✖ *{order_ids}* · already {status}",
    ),
    # --- speed up ----------------------------------------------------------------------------------------------
    "speedup_submitted": Text(
        full=(
            "✅ *Speed-up requested* for order {order_id}\n"
            "{service}\n"
            "Status: {status}, {remains} of {quantity} to go\n"
            "It is marked as priority and passed on."
        ),
        line="✅ *{order_ids}* · speed-up requested",
    ),
    "speedup_resent": Text(
        full="✅ *Order {order_id} was sent to the provider again*\n{service}\nStatus now: {status}",
        line="✅ *{order_ids}* · sent to the provider again",
    ),
    "speedup_not_eligible": Text(
        full="Order {order_id} cannot be sped up: it is {status}. A speed-up is for orders still being delivered.",
        line="✖ *{order_ids}* · {status}; a speed-up is for orders still being delivered",
    ),
    # --- refund and partial refund -----------------------------------------------------------------------------
    "refund_submitted": Text(
        full=(
            "✅ *Refund requested* for order {order_id}\n"
            "{service}\n"
            "Status: {status}, {remains} of {quantity} not delivered\n"
            "I passed it on to our team. They decide and I will tell you here."
        ),
        line="✅ *{order_ids}* · refund requested, our team decides",
    ),
    "refund_not_eligible": Text(
        full="Order {order_id} is {status}: it was refunded already. See *balance*.",
        line="✖ *{order_ids}* · {status}, refunded already",
    ),
    "refund_partial_already": Text(
        full="Order {order_id} is {status}: the part that was not delivered was refunded already. See *balance*.",
        line="✖ *{order_ids}* · {status}, the undelivered part was refunded already",
    ),
    "refund_done": Text(
        full="✅ *Order {order_id} is refunded*\n{service}\nIt is {status} now. See *balance*.",
        line="✅ *{order_ids}* · {status}, refunded",
    ),
    "refund_refused": Text(
        full="Our team has looked at your refund for order {order_id} and cannot grant it.\n{service}",
        line="✖ *{order_ids}* · our team cannot grant the refund",
    ),
    "partial_submitted": Text(
        full=(
            "✅ *Partial refund requested* for order {order_id}\n"
            "{service}\n"
            "Status: {status}, {remains} of {quantity} not delivered\n"
            "I passed it on to our team. They decide and I will tell you here."
        ),
        line="✅ *{order_ids}* · partial refund requested, our team decides",
    ),
    "partial_done": Text(
        full=(
            "✅ *Order {order_id} is {status}*\n"
            "{service}\n"
            "Not delivered and refunded: {remains} of {quantity}. See *balance*."
        ),
        line="✅ *{order_ids}* · {status}, {remains} refunded",
    ),
    "partial_refused_by_team": Text(
        full="Our team has looked at your partial refund for order {order_id} and cannot grant it.\n{service}",
        line="✖ *{order_ids}* · our team cannot grant the partial refund",
    ),
    "partial_nothing_delivered": Text(
        full=(
            "Nothing of order {order_id} was delivered yet, so there is no part to settle. "
            "To stop it, send *cancel {order_id}*."
        ),
        line="✖ *{order_ids}* · nothing delivered yet; *cancel* stops it",
    ),
    "partial_not_eligible": Text(
        full="Order {order_id} has nothing left to refund: all {quantity} are delivered, says the panel.",
        line="✖ *{order_ids}* · nothing left to refund",
    ),
    "partial_delivery_unknown": Text(
        full=(
            "The panel does not say yet how much of order {order_id} was delivered, so no part can be worked out. "
            "Please try again later."
        ),
        line="✖ *{order_ids}* · not known yet how much was delivered",
    ),
    "partial_not_taken": Text(
        full="The panel did not take the partial for order {order_id}: it is {status}, nothing was changed.",
        line="✖ *{order_ids}* · the panel did not take it; {status}",
    ),
    "partial_unclear": Text(
        full=(
            "I cannot tell whether the panel took the partial for order {order_id}: it shows {status}. Please look "
            "at it on the panel. To let it be tried again, send *!resolve {order_id} resolved* first."
        ),
        line="❔ *{order_ids}* · unclear whether the panel took it; please look at it on the panel",
    ),
    # --- fake complete -----------------------------------------------------------------------------------------
    "fake_complete_submitted": Text(
        full=(
            "✅ *Noted: order {order_id} shows {status}, but did not arrive*\n"
            "{service}\n"
            "Start count: {start_count}\n"
            "It is passed on to be checked."
        ),
        line="✅ *{order_ids}* · passed on to be checked",
    ),
    "fake_complete_not_eligible": Text(
        full="Order {order_id} is {status}, not Completed. For one that is late, send *speed up {order_id}*.",
        line="✖ *{order_ids}* · {status}, not Completed",
    ),
    "fake_complete_all_there": Text(
        full="Order {order_id} looks complete: it should stand at {expected} and stands at {live} now.\n{link}",
        line="✖ *{order_ids}* · looks complete: {live} of {expected}",
    ),
    "fake_complete_done": Text(
        full="✅ *Order {order_id} is {status} now*\n{service}",
        line="✅ *{order_ids}* · {status} now",
    ),
    "force_complete_confirm": Text(
        full=(
            "⚠️ Order {order_id} is {status} with {remains} of {quantity} to go. Set it to Completed? Nothing is "
            "refunded and no provider is told.\n"
            "To confirm, reply *fake complete {order_id} confirm* within {minutes} minutes."
        ),
        line="⚠️ *{order_ids}* · {status}: reply *fake complete {order_ids} confirm* within {minutes} minutes",
    ),
    "force_complete_not_asked": Text(
        full="Nothing to confirm for order {order_id}. Send *fake complete {order_id}* first.",
        line="✖ *{order_ids}* · nothing to confirm; send *fake complete {order_ids}* first",
    ),
    "force_complete_not_eligible": Text(
        full="Order {order_id} is {status} already, so it cannot be set to Completed.",
        line="✖ *{order_ids}* · {status} already",
    ),
    "force_complete_refused": Text(
        full="The panel did not set order {order_id} to Completed: it is {status}.",
        line="✖ *{order_ids}* · not taken by the panel; {status}",
    ),
    "force_complete_unclear": Text(
        full="I cannot tell whether the panel took it: order {order_id} shows {status}. Please look at it there.",
        line="❔ *{order_ids}* · unclear; shows {status}",
    ),
    # --- watch -------------------------------------------------------------------------------------------------
    "watch_started": Text(
        full="👀 I am watching order {order_id} ({status}) and will tell you here how it ends.",
        line="👀 *{order_ids}* · watching",
    ),
    "watch_already_on": Text(
        full="I am watching order {order_id} already. It is {status}.",
        line="👀 *{order_ids}* · already watching",
    ),
    "watch_already_final": Text(
        full="Order {order_id} is {status} already, so there is nothing to wait for.",
        line="✖ *{order_ids}* · {status} already",
    ),
    "watch_limit_reached": Text(
        full="I watch up to {limit} orders for you at a time. To make room, send *unwatch* and an order number.",
        line="✖ *{order_ids}* · not watched, {limit} at a time is the limit",
    ),
    "watch_stopped": Text(
        full="I no longer watch order {order_id}.", line="✅ *{order_ids}* · no longer watched"
    ),
    "watch_none": Text(
        full="I am not watching order {order_id} for you.", line="✖ *{order_ids}* · was not watched"
    ),
    "watch_expired": Text(
        full="I have watched order {order_id} for 14 days and stop now. It is still {status}.",
        line="⏳ *{order_ids}* · still {status} after 14 days, I stop watching",
    ),
    "order_watch_done": Text(
        full="🔔 *Order {order_id} is {status}*\n{service}\nRemains: {remains} of {quantity}",
        line="🔔 *{order_ids}* · {status}",
    ),
    "order_watch_stalled": Text(
        full=(
            "🔔 Order {order_id} has not moved for {hours} hours: {status}, {remains} of {quantity} to go.\n"
            "{service}\n"
            "To have it pushed, send *speed up {order_id}*."
        ),
        line="🔔 *{order_ids}* · {status}, has not moved for {hours} hours",
    ),
    # --- any action --------------------------------------------------------------------------------------------
    "action_cooldown": Text(
        full="Your {action} for order {order_id} is already in progress. You can ask again in {time_left}.",
        line="⏳ *{order_ids}* · {action} already in progress; ask again in {time_left}",
    ),
    "action_already_open": Text(
        full="Your {action} for order {order_id} is with our team since {since}. No need to ask again.",
        line="⏳ *{order_ids}* · {action} is with our team since {since}",
    ),
    "action_disabled": Text(
        full="{action} is not offered here at the moment. Please write to our team.",
    ),
    # --- account -----------------------------------------------------------------------------------------------
    "balance_reply": Text(
        full="Balance of *{username}*: {balance}", line="Balance of *{username}*: {balance}", is_private=True
    ),
    "balance_cooldown": Text(full="You have just asked for your balance. Please try again in {time_left}."),
    "username_gone": Text(
        full="The panel no longer knows the username *{username}*, so this number is not linked to it any more.",
        line="The panel no longer knows the username *{username}*, so this number is not linked to it any more.",
        is_private=True,
    ),
    "account_not_read": Text(
        full="I could not find your account *{username}* on the panel just now. Please try again later.",
        line="I could not find your account *{username}* on the panel just now. Please try again later.",
        is_private=True,
    ),
    "services_reply": Text(full="Our services and prices:\n{panel_url}"),
    "ticket_status": Text(
        full="*Ticket {ticket_id}* · {status}\n{subject}\nLast update: {updated_on}\nLast word: {last_author}",
        line="*Ticket {order_ids}* · {status}",
    ),
    "ticket_not_found": Text(
        full="I cannot find ticket {ticket_id} on your account. Please check the number.",
        line="*Ticket {order_ids}* · not found on your account",
    ),
    "missing_ticket_id": Text(full="Which ticket? Send the number too, like this: *{example}*"),
    "my_username_reply": Text(
        full="Your panel username is *{username}*.",
        line="Your panel username is *{username}*.",
        is_private=True,
    ),
    "my_username_also": Text(
        full="You are also *{username}*.", line="You are also *{username}*.", is_private=True
    ),
    "sent_privately": Text(full="I have sent you that in a direct message."),
    # --- who may -----------------------------------------------------------------------------------------------
    "verification_required": Text(
        full=(
            "I do not know your panel account yet. Send me your *panel username* and I will link this number to it; "
            "that takes a minute."
        ),
        is_private=True,
    ),
    "verification_by_team": Text(
        full="I do not know your panel account yet. Please ask our team to link this number to your username."
    ),
    "user_blocked": Text(
        full="This number is blocked here. Please write to our team through a panel ticket."
    ),
    "permission_denied": Text(full="Sorry, your role does not include *{command}*."),
    "only_in_a_group": Text(full="*{command}* works inside the group it is meant for."),
    # --- verification ------------------------------------------------------------------------------------------
    "welcome_message": Text(
        full="👋 Welcome! I look after your orders here: status, refill, cancel, speed up."
    ),
    "welcome_back": Text(
        full=(
            "👋 Hello again!\n"
            "You are linked as *{username}*.\n"
            "Send me an order like this: *check 54321*, *refill 54321*, *cancel 54321*. *help* shows everything."
        )
    ),
    "verification_username_prompt": Text(
        full="To link this WhatsApp to your panel account, please send me your *panel username*.",
        is_private=True,
    ),
    "verification_in_direct_message": Text(
        full="To begin, I have written to you in a direct message. Let us go on there."
    ),
    "verification_prefer_direct_message": Text(
        full="Got it. Next time please send a code in a direct message: here everybody can read it."
    ),
    "verification_code_sent": Text(
        full=(
            "✅ Found *{username}*. A 6-digit code is waiting for you in a new support ticket of your panel account.\n"
            "Please send it to me within {minutes} minutes. Nothing there after a minute? Send *resend*."
        ),
        is_private=True,
    ),
    "verification_code_waiting": Text(
        full=(
            "Please send me the 6-digit code from the support ticket in your panel account *{username}*. "
            "It is good for {minutes} more min.\n"
            "*resend* makes a new code, *stop* ends this. Another account? Send *username:* and its name."
        ),
        is_private=True,
    ),
    "verification_success": Text(
        full=(
            "🎉 Done! This WhatsApp is now linked to *{username}*.\n"
            "Try *check 54321* with one of your orders, or *help* for everything I can do."
        ),
        is_private=True,
    ),
    "verification_username_not_found": Text(
        full="I cannot find *{username}* on the panel. Please check the spelling and send your panel username again.",
        is_private=True,
    ),
    "verification_username_inactive": Text(
        full="The account *{username}* is not active on the panel, so I cannot link it. Please write to our team.",
        is_private=True,
    ),
    "verification_username_blocked": Text(
        full="I cannot link *{username}* here. Please write to our team through a panel ticket.",
        is_private=True,
    ),
    "verification_already_linked": Text(
        full="This number is linked to *{username}* already. Only our team can link it to another username.",
        is_private=True,
    ),
    "verification_code_invalid": Text(
        full="That is not the code in your ticket. Attempts left: {attempts_left}.", is_private=True
    ),
    "verification_code_expired": Text(
        full="That code is no longer good. Send *resend* and I will put a new one into a panel ticket.",
        is_private=True,
    ),
    "verification_code_wait": Text(full="I have just sent you a code. A new one can follow in {time_left}."),
    "verification_code_limit": Text(
        full="No more codes for now: there can be a new one in {time_left}. Our team can link you by hand, too.",
    ),
    "verification_max_attempts": Text(
        full="Too many wrong codes, so I take a break for your safety. In {time_left} send *resend* for a new code.",
        is_private=True,
    ),
    "verification_cooldown": Text(
        full="Too many wrong tries. Please wait {time_left}, then we can go on.", is_private=True
    ),
    "verification_stopped": Text(
        full="All right, I have stopped. Say *hi* whenever you want to link your account."
    ),
    "verification_panel_down": Text(
        full="The panel does not answer right now. I keep your place: please send that again in a few minutes."
    ),
    "verification_not_possible": Text(
        full="I could not reach your panel account: something is set up wrong on our side. Our team has been told."
    ),
    # Said in the panel ticket, never in a chat.
    "verification_ticket": Text(
        full=(
            "Your code to link WhatsApp: {code}\n"
            "Send it to our WhatsApp bot within {minutes} minutes.\n"
            "The number that asked for it ends in {number_end}.\n"
            "If that was not you, do nothing and give the code to nobody: without it nothing is linked."
        )
    ),
    # --- the team: the bot -------------------------------------------------------------------------------------
    "bot_status": Text(
        full=(
            "Status: {state} | Uptime: {uptime}\n"
            "Verified Users: {users} | Active Groups: {groups}\n"
            "AI Provider: {ai}\n"
            "Chat Mode: {mode}"
        )
    ),
    "group_flag_set": Text(full="✅ {flag} is now {state} in this group."),
    "bot_resumed": Text(full="✅ I answer free text in this chat again."),
    "enable_or_disable": Text(full="Say it like this: *{command} enable* or *{command} disable*"),
    "config_value": Text(full="{name} = {value}", is_private=True),
    "config_set": Text(full="✅ {name} = {value}\nIt counts from the next message on."),
    "config_list": Text(full="*Settings*\n{lines}", is_private=True),
    "config_unknown": Text(full="There is no setting *{name}*. *!config list* shows all of them."),
    "config_invalid": Text(full="*{name}* takes {allowed}."),
    "config_not_possible": Text(full="*{name}* stays as it is. {why}"),
    "config_usage": Text(full="Say it like this: *{example}*"),
    "config_secret_in_group": Text(
        full="*{name}* is a secret. Send it to me in a direct message, not here, and delete your message."
    ),
    "users_list": Text(
        full="*Verified users: {count}* · page {page} of {pages}\n{lines}\n{more}", is_private=True
    ),
    "users_none": Text(full="Nobody is verified yet."),
    "groups_list": Text(
        full="*Whitelisted groups: {count}* · page {page} of {pages}\n{lines}\n{more}", is_private=True
    ),
    "groups_none": Text(full="No group is switched on yet. Say *!support enable* inside one."),
    "users_verified": Text(
        full=(
            "✅ *{username}*: {added} of {members} members verified\n"
            "Skipped: {skipped}\n"
            "Linked to another username: {conflicts}\n"
            "Take it back with *!remove-users {username} undo*."
        ),
        is_private=True,
    ),
    "users_removed": Text(full="✅ *{username}*: no longer verified: {removed}."),
    "username_unknown": Text(full="The panel has no user *{username}*. Please check the spelling."),
    "members_unknown": Text(
        full="I cannot read this group's members right now. Please try again in a moment."
    ),
    "usage": Text(full="Say it like this: *{example}*"),
    "broadcast_nobody": Text(full="No group has support switched on, so there is nobody to send this to."),
    "broadcast_started": Text(
        full="📣 On its way. Groups: {count}, of them in silent mode: {silent}. I will report here."
    ),
    "broadcast_done": Text(
        full="📣 Groups reached: {sent} of {count}.\nNot delivered: {undelivered}\nStill waiting: {waiting}"
    ),
    # --- the team: requests --------------------------------------------------------------------------------------
    "resolve_done": Text(full="✅ *{orders}* · {status}", line="✅ *{order_ids}* · {status}"),
    "resolve_escalated": Text(
        full="✅ *{order_id}* · escalated, its provider has been asked",
        line="✅ *{order_ids}* · escalated, the provider has been asked",
    ),
    "resolve_escalated_no_group": Text(
        full="⚠ *{order_id}* · escalated, but no WhatsApp group is mapped to its provider",
        line="⚠ *{order_ids}* · escalated, but no WhatsApp group is mapped to the provider",
    ),
    "provider_update_to_customer": Text(
        full="News on order {order_id}: your {action} {update}.",
        line="News on *{order_ids}*: {action} {update}",
    ),
    "resolve_unknown": Text(
        full="No open request for order {order_id}.", line="✖ *{order_ids}* · no open request"
    ),
    "approval_done": Text(
        full="✅ Order {order_id} is {status}: paid back. The customer is told.",
        line="✅ *{order_ids}* · {status}, paid back",
    ),
    "approval_already": Text(
        full="Order {order_id} was {status} already, so nothing was paid a second time. The customer is told.",
        line="✅ *{order_ids}* · {status} already, not paid twice",
    ),
    "approval_refused": Text(
        full="✅ Refund for order {order_id} refused. The customer is told.",
        line="✅ *{order_ids}* · refused",
    ),
    "approval_completed_meanwhile": Text(
        full=(
            "Order {order_id} was completed after the request, so nothing was paid. *!refuse {order_id}* closes "
            "the request; a new *refund {order_id}* asks about it as it is now."
        ),
        line="✖ *{order_ids}* · completed meanwhile, nothing was paid",
    ),
    "approval_nothing_left": Text(
        full="Order {order_id} is {status} with nothing left to deliver, so there is nothing to pay back.",
        line="✖ *{order_ids}* · {status}, nothing left to pay back",
    ),
    "approval_delivery_unknown": Text(
        full=(
            "The panel does not say how much of order {order_id} was delivered ({status}), so I paid nothing. "
            "Please decide on the panel."
        ),
        line="✖ *{order_ids}* · not known how much was delivered, nothing was paid",
    ),
    "approval_panel_refused": Text(
        full="The panel did not take it: order {order_id} is {status}, nothing was paid. The request still waits.",
        line="✖ *{order_ids}* · not taken by the panel; {status}",
    ),
    "approval_panel_down": Text(
        full="The panel does not answer. Nothing was done about order {order_id}; please decide again later.",
        line="✖ *{order_ids}* · the panel does not answer, nothing was done",
    ),
    "approval_order_gone": Text(
        full="The panel no longer knows order {order_id}, so nothing was paid.",
        line="✖ *{order_ids}* · the panel no longer knows it",
    ),
    "approval_unclear": Text(
        full=(
            "❔ I cannot tell whether the panel paid order {order_id} back: it shows {status}. The request still "
            "waits; look at the panel, then decide again. I read the order first and never pay twice."
        ),
        line="❔ *{order_ids}* · unclear, shows {status}; please look at the panel",
    ),
    "approval_busy": Text(
        full="Somebody is deciding on order {order_id} right now. Please look again in two minutes.",
        line="⏳ *{order_ids}* · being decided right now",
    ),
    "approval_not_waiting": Text(
        full="No refund for order {order_id} waits for a decision.",
        line="✖ *{order_ids}* · nothing waits for a decision",
    ),
    "approval_decided_before": Text(
        full="Order {order_id}: already {decision} by {by}.",
        line="✖ *{order_ids}* · already {decision} by {by}",
    ),
    "approval_is_waiting": Text(
        full=(
            "The customer's own request for order {order_id} waits for you: *!approve {order_id}* or "
            "*!refuse {order_id}*."
        ),
        line="⏳ *{order_ids}* · the customer's request waits: *!approve* or *!refuse*",
    ),
    "refill_verify": Text(
        full=(
            "*Order {order_id}* · {verdict}\n"
            "{service}\n"
            "Start count: {start_count} · ordered: {quantity}\n"
            "Expected now: {expected} · live: {live}\n"
            "Drop: {drop}"
        ),
        line="*{order_ids}* · live {live} of {expected} · drop {drop} · {verdict}",
        is_private=True,
    ),
    "refill_verify_unknown": Text(
        full="The panel has no order {order_id}.", line="*{order_ids}* · not on the panel", is_private=True
    ),
    # The specification's form, letter for letter: one line an order, never several on one.
    "provider_status": Text(
        full="#{order_id} | Provider OID: {oid} | Provider Status: {provider_status}", is_private=True
    ),
    "provider_status_unknown": Text(full="#{order_id} | not on the panel", is_private=True),
    "resolve_usage": Text(
        full=(
            "Say it like this: *!resolve 54321 resolved*\n"
            "Statuses: open | escalated | ticket created | resolved | ignored"
        )
    ),
    # --- what is no command ------------------------------------------------------------------------------------
    "media_without_text": Text(
        full="I cannot see pictures, videos or voice messages. Please write me the order number and what it is about."
    ),
    "unknown_message": Text(
        full="I have no answer to that here. Send *help* to see what I can do, or write to our team in a panel ticket."
    ),
    # --- outside a chat ------------------------------------------------------------------------------------------
    "escalation_message": Text(full="{order_ids}"),
    "ticket_fallback_reply": Text(
        full="Thank you for your message. Our team will look at it and answer here."
    ),
    "ticket_signature": Text(full="Support Team"),
    "new_services_notice": Text(full="New at {provider}: {count} services\n{services}"),
    "staff_otp": Text(full="Your code is {code}. It is good for {minutes} minutes. Never pass it on."),
    "staff_credentials": Text(
        full="You are now {role} of {tenant}. Sign in at {url} with this number and the password {password}. "
        "You will be asked for a new one; this one is good for 24 hours."
    ),
    "staff_added": Text(full="You are now {role} of {tenant}. Sign in at {url} with your own password."),
    # --- accounts of the platform: sent from its own number, never a tenant's words -----------------------------
    "account_otp": Text(
        full="Your code is {code}. It is good for {minutes} minutes. If you did not ask for it, ignore this."
    ),
    "account_exists": Text(
        full="Somebody asked to sign up with this number, which has an account already. If it was you: {url}"
    ),
    # --- said while the number was away: for the log, nobody is told ------------------------------------------------
    "came_too_late": Text(full="This came in while the bot was away, so nothing was done about it."),
    # --- when something is down ----------------------------------------------------------------------------------
    "panel_unavailable": Text(
        full="The panel does not answer right now. Your request is kept: I keep trying and will answer here."
    ),
    "panel_still_down": Text(
        full="The panel still does not answer, so I could not look this up. Please ask again a little later."
    ),
    "passed_to_team": Text(
        full="The panel still does not answer, so I passed your {action} for order {order_id} to our team.",
        line="*{order_ids}* · {action} passed to our team",
    ),
    "panel_not_configured": Text(full="This shop has not connected its panel yet. Our team has been told."),
    # --- the Sandbox page on a real panel ------------------------------------------------------------------------
    "panel_read_only": Text(
        full=(
            "Order {order_id}: the rules allow this {action}. Nothing was written: the sandbox only looks at your "
            "panel."
        ),
        line="*{order_ids}* · {action} allowed; nothing was written (read-only)",
    ),
    "panel_read_only_here": Text(
        full="Nothing was written: the sandbox only looks at your panel, and this would have changed something there."
    ),
    "something_went_wrong": Text(
        full="Something went wrong on our side. Our team sees your message and will answer."
    ),
}
