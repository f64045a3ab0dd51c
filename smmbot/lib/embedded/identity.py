"""Whom PostgreSQL runs as: it refuses uid 0, and it wants its uid in the list of users."""

import os
import pwd
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from smmbot.lib.embedded import linux
from smmbot.lib.embedded.errors import EmbeddedServerError


class How(Enum):
    OURSELVES = "ourselves"
    # Inside a user namespace of one user, named otherwise there. Files stay ours and no folder is out of
    # reach.
    NAMESPACE = "user namespace"
    # Docker forbids namespaces by default. The account then owns the data, and keeps the one right of root
    # that reaches it through folders closed to others.
    ACCOUNT = "account"


@dataclass(frozen=True)
class Identity:
    how: How
    uid: int
    gid: int

    @property
    def owner(self) -> tuple[int, int]:
        """uid and gid which the data must belong to, as seen from outside."""
        if self.how is How.ACCOUNT:
            return self.uid, self.gid
        return os.geteuid(), os.getegid()

    def assume(self) -> None:
        """Called between fork and exec."""
        if self.how is How.NAMESPACE:
            self._enter_namespace()
        elif self.how is How.ACCOUNT:
            self._become_account()

    def _enter_namespace(self) -> None:
        maps = (
            ("setgroups", "deny"),
            ("uid_map", f"{self.uid} {os.geteuid()} 1"),
            ("gid_map", f"{self.gid} {os.getegid()} 1"),
        )
        linux.new_user_namespace()
        for name, content in maps:
            Path("/proc/self", name).write_text(content)

    def _become_account(self) -> None:
        linux.keep_capabilities_whatever_the_uid()
        os.setgroups([])
        os.setresgid(self.gid, self.gid, self.gid)
        os.setresuid(self.uid, self.uid, self.uid)
        linux.keep_only_capability(linux.CAP_DAC_OVERRIDE)


def choose(probe: Path) -> Identity:
    """The first identity in which the probe's `--version` runs."""
    for identity in _candidates():
        if _works(identity, probe):
            return identity
    raise EmbeddedServerError(
        "PostgreSQL refuses to run as root or as a user without a name, and this machine allows neither a "
        "user namespace nor a change of user: run as an ordinary user, or set DATABASE_URL to a server of "
        "your own."
    )


def _candidates() -> Iterable[Identity]:
    uid = os.geteuid()
    if uid != 0 and _has_name(uid):
        yield Identity(How.OURSELVES, uid, os.getegid())
        return
    account = _unprivileged_account()
    yield Identity(How.NAMESPACE, account.pw_uid, account.pw_gid)
    if uid == 0:
        yield Identity(How.ACCOUNT, account.pw_uid, account.pw_gid)


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _unprivileged_account() -> pwd.struct_passwd:
    accounts = sorted(pwd.getpwall(), key=lambda entry: (entry.pw_name != "nobody", entry.pw_uid))
    for account in accounts:
        if account.pw_uid != 0:
            return account
    raise EmbeddedServerError(
        "PostgreSQL refuses to run as root, and this machine has no other user: add one (useradd nobody), or "
        "set DATABASE_URL to a server of your own."
    )


def _works(identity: Identity, probe: Path) -> bool:
    try:
        subprocess.run(  # noqa: S603 -- our own binary
            [probe, "--version"],
            preexec_fn=identity.assume,
            check=True,
            capture_output=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True
