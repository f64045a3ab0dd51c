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


class PasswordExpired(AccountError):
    """The password we sent was not used in time."""

    code = "password_expired"
    message = "This first password is no longer valid. Use “Forgot password” to set your own."


class WeakPassword(AccountError):
    """messages: what to change, a sentence each."""

    code = "weak_password"

    def __init__(self, messages: list[str]) -> None:
        super().__init__()
        self.message = " ".join(messages)


class SecondFactorNeeded(AccountError):
    """The password is right; a code of the authenticator app is wanted too."""

    code = "second_factor_needed"
    message = "Enter the code from your authenticator app."


class WrongSecondFactor(AccountError):
    code = "wrong_second_factor"
    message = "That code is not right. Wait for the next one in your app, or use a recovery code."


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
        self.retry_after_s = max(1, round(retry_after_s))
        self.message = f"Too many tries. Please wait {_span(self.retry_after_s)} and try again."


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
