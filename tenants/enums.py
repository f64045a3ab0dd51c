from django.db.models import TextChoices


class Role(TextChoices):
    """What a person of the tenant's team may do; the table is tenants/permissions.py."""

    OWNER = "owner", "Owner"
    STAFF_ADMIN = "staff_admin", "Staff Admin"
    STAFF = "staff", "Staff"


class IdentityKind(TextChoices):
    """How WhatsApp may name one and the same person."""

    JID = "jid", "JID"  # digits@s.whatsapp.net, kept as digits
    LID = "lid", "LID"  # digits@lid, kept as digits
    PHONE = "phone", "Phone"  # E.164


class VerifiedBy(TextChoices):
    """How a WhatsApp person was linked to a panel username."""

    CODE = "code", "Code from a panel ticket"
    STAFF = "staff", "By hand"
    BULK = "bulk", "With the whole group"
    IMPORT = "import", "Imported"


class VerificationState(TextChoices):
    """What the bot waits for from a person who proves a panel username."""

    IDLE = "idle", "Nothing"
    USERNAME = "username", "The panel username"
    CODE = "code", "The code"


class CodeState(TextChoices):
    """The life of a verification code. `claimed` and `sent` are good for a link until they expire."""

    CLAIMED = "claimed", "On its way"  # after a crash: perhaps in the ticket, so it counts as sent
    SENT = "sent", "In the customer's ticket"
    UNSENT = "unsent", "Never reached the panel"
    VOID = "void", "Replaced or taken back"
    USED = "used", "Used"


class AuditSource(TextChoices):
    """From where somebody of the team did something."""

    CHAT = "chat", "WhatsApp"
    DASHBOARD = "dashboard", "Dashboard"
    API = "api", "API"
    ADMIN = "admin", "Platform admin"
    SYSTEM = "system", "System"


class OtpPurpose(TextChoices):
    """What a code that was sent to a phone opens. A code of one purpose opens nothing else."""

    SIGNUP = "signup", "Sign-up"
    RESET = "reset", "New password"
    STAFF = "staff", "Joining a team"


class Realm(TextChoices):
    """Two separate ways in, with separate signing secrets: a token of one never opens the other."""

    TENANT = "tenant", "Dashboard and API"
    ADMIN = "admin", "Platform admin"


class JobState(TextChoices):
    """The life of work that runs in the background while a person may watch it."""

    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
