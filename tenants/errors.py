from math import ceil


class TenantError(Exception):
    """Base of what can go wrong with a tenant's people; `code` is stable."""

    code = "tenant_error"


class InvalidAddress(TenantError):
    """A WhatsApp address that names no person: neither phone number nor LID."""

    code = "invalid_address"


class AccountError(TenantError):
    """Signing up, in or out did not work. `message` may be shown to whoever tried."""

    code = "account_error"
    message = "That did not work. Please try again."


class WrongCode(AccountError):
    """Wrong, used, expired or tried too often: one answer for all of them, so that nothing can be learnt."""

    code = "wrong_code"
    message = "That code is not right, or its ten minutes are over. Check it, or ask for a new one."


class WrongLogin(AccountError):
    code = "wrong_login"
    message = "Phone and password do not match. Check both, or set a new password."


class WrongPassword(AccountError):
    """Asked again of somebody who is signed in."""

    code = "wrong_password"
    message = "That is not your password. Check it and try again."


class PasswordExpired(AccountError):
    """The password we sent was not used in time."""

    code = "password_expired"
    message = "This first password is no longer valid. Use “Forgot password” to set your own."


class SamePassword(AccountError):
    code = "same_password"
    message = "This is the password we sent you. Choose another one, which only you know."


class WeakPassword(AccountError):
    """messages: what to change, a sentence each."""

    code = "weak_password"

    def __init__(self, messages: list[str]) -> None:
        super().__init__()
        self.message = " ".join(messages)


class SecondFactorNeeded(AccountError):
    """The password is right; a code of the authenticator app is wanted too. half_way: proof of it, for
    a few minutes."""

    code = "second_factor_needed"
    message = "Enter the code from your authenticator app."

    def __init__(self, half_way: str = "") -> None:
        super().__init__()
        self.half_way = half_way


class WrongSecondFactor(AccountError):
    code = "wrong_second_factor"
    message = "That code is not right. Wait for the next one in your app, or use a recovery code."


class AlreadyOn(AccountError):
    """A second factor is in use: a new one would quietly replace it."""

    code = "second_factor_on"
    message = "The second factor is on already. Switch it off first."


class NotAsSupport(AccountError):
    """Support looks at the account; it stays the person's own."""

    code = "not_as_support"
    message = "You look at this account for support: only the person may change this."


class InvalidPhone(AccountError):
    """message: how to write it instead."""

    code = "invalid_phone"

    def __init__(self, message: str) -> None:
        super().__init__()
        self.message = message


class NoTenant(AccountError):
    """The person belongs to no team, or to none that is active."""

    code = "no_tenant"
    message = "You are in no team at the moment. Ask the owner to add you again."


class Suspended(AccountError):
    code = "suspended"

    def __init__(self, reason: str = "") -> None:
        super().__init__()
        self.message = f"This account is suspended{': ' + reason if reason else ''}. Please contact support."


class TooManyTries(AccountError):
    """retry_after_s: seconds until the next try is looked at."""

    code = "too_many_tries"

    def __init__(self, retry_after_s: float) -> None:
        super().__init__()
        self.retry_after_s = max(1, ceil(retry_after_s))
        self.message = f"Too many tries. Please wait {_span(self.retry_after_s)} and try again."


class AlreadyInTeam(AccountError):
    code = "already_in_team"
    message = "This number is in your team already."


class OwnerProtected(AccountError):
    code = "owner_protected"
    message = "The owner cannot be removed, and keeps the role."


class NotForTeams(AccountError):
    """The account behind the phone was closed by the platform."""

    code = "account_closed"
    message = "The account of this number is closed. Please contact support."


class PasswordChosen(AccountError):
    """A new first password was asked for somebody who has one of their own."""

    code = "password_chosen"
    message = "This person has set a password of their own. If it is lost, “Forgot password” sets a new one."


class WrongName(AccountError):
    code = "wrong_name"
    message = "That is not the name of this account. Type it exactly as it is shown."


class CustomerError(TenantError):
    """Something cannot be done with a customer. `message` may be shown."""

    code = "customer_error"
    message = "That did not work. Please try again."


class CannotVerify(CustomerError):
    """A WhatsApp person cannot be linked to a username; `code` says which rule stands in the way."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code, self.message = code, message


class StillBlocked(CustomerError):
    """Who is removed verifies anew: for somebody blocked that would be the way round it."""

    code = "customer_blocked"
    message = "This customer is blocked. Unblock them first, then remove the verification."


class UnreadableList(CustomerError):
    """What was given is not a list of customers; `message` says what to send instead."""

    code = "list_unreadable"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NothingToUndo(CustomerError):
    code = "nothing_to_undo"
    message = "There is nothing left of this batch to take back."


class SessionEnded(TenantError):
    """No session, or one that is over: sign in again. reason: for the log."""

    code = "session_ended"

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


class JobRunning(TenantError):
    """The same work is running already. job_id: of it."""

    code = "job_running"

    def __init__(self, job_id: int) -> None:
        super().__init__()
        self.job_id = job_id


def _span(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} seconds"
    return f"{-(-seconds // 60)} minutes"
