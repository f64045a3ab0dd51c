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
