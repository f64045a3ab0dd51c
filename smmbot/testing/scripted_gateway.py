"""A gateway of the operator's that answers as its script says: sandbox sessions, an address, webhooks that can be read
back, and faults."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from botcore.enums import GatewayProblem
from botcore.gateway.base import Capability
from botcore.gateway.drivers.sandbox import SandboxDriver
from botcore.gateway.errors import BadRequest, GatewayError
from botcore.gateway.types import GatewayInfo, SessionStatus
from botcore.models import SandboxSession


@dataclass
class Script:
    """fault: what every call raises; faults: by the name of the call; lies: what the list says of a session; webhooks:
    by session; tells_webhook: whether the list says them. calls: (name, session) as they came."""

    fault: GatewayError | None = None
    faults: dict[str, GatewayError] = field(default_factory=dict)
    lies: dict[str, SessionStatus] = field(default_factory=dict)
    webhooks: dict[str, str] = field(default_factory=dict)
    tells_webhook: bool = True
    version: str = "2.3.7"
    challenge: str = '{"challenge": "c"}'
    calls: list[tuple[str, str]] = field(default_factory=list)

    def named(self, name: str) -> list[str]:
        """The sessions this was called for."""
        return [session for called, session in self.calls if called == name]


class ScriptedDriver(SandboxDriver):
    name: ClassVar[str] = "scripted"
    capabilities = SandboxDriver.capabilities | {Capability.PAIRING_CODE, Capability.PASSKEY}
    needs_endpoint = True
    notice = "Administrators must be told of this gateway."
    script: ClassVar[Script] = Script()

    def _note(self, name: str, session: str = "") -> None:
        self.script.calls.append((name, session))
        fault = self.script.faults.get(name) or self.script.fault
        if fault is not None:
            raise fault

    def probe(self) -> GatewayInfo:
        try:
            self._note("probe")
        except GatewayError:
            return GatewayInfo(problem=GatewayProblem.UNREACHABLE, detail="no answer")
        return GatewayInfo(version=self.script.version)

    def list_sessions(self) -> Sequence[SessionStatus]:
        self._note("list_sessions")
        rows = [self.script.lies.get(one.session, one) for one in super().list_sessions()]
        if not self.script.tells_webhook:
            return rows
        return [replace(one, webhook_url=self.script.webhooks.get(one.session, "")) for one in rows]

    def ensure_session(self, session: str, *, webhook_url: str, secret: str) -> None:
        self._note("ensure_session", session)
        super().ensure_session(session, webhook_url=webhook_url, secret=secret)
        self.script.webhooks[session] = webhook_url

    def connect(self, session: str) -> None:
        self._note("connect", session)
        super().connect(session)

    def status(self, session: str) -> SessionStatus:
        self._note("status", session)
        return super().status(session)

    def logout(self, session: str) -> None:
        self._note("logout", session)
        super().logout(session)

    def delete(self, session: str) -> None:
        self._note("delete", session)
        super().delete(session)

    def pairing_code(self, session: str, *, phone: str) -> str:
        self._note("pairing_code", session)
        return "ABCD-EFGH"

    def passkey_challenge(self, session: str) -> str:
        self._note("passkey_challenge", session)
        return self.script.challenge

    def answer_passkey(self, session: str, *, credential: str) -> None:
        self._note("answer_passkey", session)
        if credential != "signed":
            raise BadRequest
        SandboxSession.objects.filter(name=session).update(state="passkey_confirm")

    def passkey_confirmation(self, session: str) -> str:
        self._note("passkey_confirmation", session)
        return "12-34"

    def confirm_passkey(self, session: str) -> None:
        self._note("confirm_passkey", session)
        SandboxSession.objects.filter(name=session).update(state="open", phone="15550208888")
