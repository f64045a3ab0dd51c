"""The calls for users, payments and tickets. Source: reference/panel-api.md 1.3, 1.8, 1.9."""

from panel.sandbox.call import Data, PanelCall
from panel.sandbox.wire import BAD_INPUT, STAFF_NOT_FOUND, USER_NOT_FOUND, PanelRefusal, envelope


def list_users(call: PanelCall) -> Data:
    call.world.settle()
    username, email, ids = call.filter("username"), call.filter("email"), call.filter("ids")
    rows = [
        user
        for user in call.world.users.values()
        if (not username or user.username == username)
        and (not email or user.email.lower() == email.lower())
        and (not ids or str(user.id) in ids.split(","))
    ]
    rows.sort(key=lambda user: user.created_at, reverse=call.query.get("sort") != "created-at-asc")
    return call.page(rows, lambda user: user.row(currency=call.world.currency))


def list_payments(call: PanelCall) -> Data:
    username, email, status = (
        call.filter("username"),
        call.filter("user_email"),
        call.filter("payment_status"),
    )
    users = call.world.users
    rows = [
        payment
        for payment in call.world.payments.values()
        if (not username or payment.user == username)
        and (not email or (payment.user in users and users[payment.user].email.lower() == email.lower()))
        and (not status or payment.status == status)
    ]
    rows.sort(key=lambda payment: payment.created_at, reverse=call.query.get("sort") != "created-at-asc")
    return call.page(rows, lambda payment: payment.row(currency=call.world.currency))


def list_tickets(call: PanelCall) -> Data:
    username, status = call.filter("user"), call.filter("status")
    rows = [
        ticket
        for ticket in call.world.tickets.values()
        if (not username or ticket.user == username) and (not status or ticket.status == status)
    ]
    rows.sort(key=lambda ticket: (ticket.messages[-1].created_at, ticket.id), reverse=True)
    return call.page(rows, lambda ticket: ticket.list_row())


def show_ticket(call: PanelCall, ticket_id: str) -> Data:
    return envelope(call.world.ticket(int(ticket_id)).row())


def reply_to_ticket(call: PanelCall, ticket_id: str) -> Data:
    staff_name = call.text("staff_name")
    if not staff_name:
        raise PanelRefusal(STAFF_NOT_FOUND, "Staff not found.")
    ticket = call.world.reply(int(ticket_id), call.text("message"), staff_name=staff_name)
    call.written = {"ticket_id": ticket.id}
    return envelope({"ticket_id": ticket.id})


def add_ticket(call: PanelCall) -> Data:
    """Opened by staff: by the one named, else by the first there is."""
    world = call.world
    if not call.text("username") and not call.text("user_email"):
        raise PanelRefusal(BAD_INPUT, "User is required.")
    ticket = world.open_ticket(
        call.text("username") or _username_of(call, call.text("user_email")),
        call.text("subject"),
        call.text("message"),
        staff_name=call.text("staff_name") or min(world.staff),
    )
    call.written = {"ticket_id": ticket.id, "username": ticket.user}
    return envelope({"ticket_id": ticket.id})


def _username_of(call: PanelCall, email: str) -> str:
    for user in call.world.users.values():
        if user.email.lower() == email.lower():
            return user.username
    raise PanelRefusal(USER_NOT_FOUND, "User not found.")
