"""A decision in words, by the tenant's chat mode. The facts are finished before: a mode changes words alone."""

from botcore.commands.delivery import Decision, Run, Spoken, plain, split
from botcore.domain import templates
from tenants.domain.identities import Person

CUSTOM = "custom"


def word(this: Run, person: Person | None, decision: Decision) -> Spoken:
    """Manual: the built-in texts. Custom: the tenant's own where there are any."""
    if not decision.results:
        return Spoken()
    own = (
        dict(templates.own_texts(tenant_id=this.message.tenant_id))
        if this.config["chat_mode"] == CUSTOM
        else {}
    )
    here, direct = split(this, decision)
    return Spoken(here=plain(here, own), direct=plain(direct, own))
