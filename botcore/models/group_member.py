from django.db import models

from botcore.models.group import Group
from tenants.scoping import TenantModel


class GroupMember(TenantModel):
    """Who is in a group, as its gateway last told. phone and lid: two columns of one person, digits alone."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="members")
    phone = models.CharField(max_length=20, blank=True)
    lid = models.CharField(max_length=40, blank=True)
    is_admin = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "lid"], condition=~models.Q(lid=""), name="a_lid_is_in_a_group_once"
            ),
            models.UniqueConstraint(
                fields=["group", "phone"], condition=~models.Q(phone=""), name="a_phone_is_in_a_group_once"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "phone"], name="member_by_phone")]

    def __str__(self) -> str:
        return self.phone or self.lid
