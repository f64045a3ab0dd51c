from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from phonenumber_field.modelfields import PhoneNumberField

from smmbot.lib.crypto import EncryptedTextField


class UserManager(BaseUserManager["User"]):
    def create_user(self, phone: str, password: str | None = None, **extra: Any) -> "User":
        user = self.model(phone=phone, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, phone: str, password: str | None = None, **extra: Any) -> "User":
        return self.create_user(phone, password, **{"is_staff": True, "is_superuser": True, **extra})


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, by phone (E.164) and password. May belong to several tenants."""

    phone = PhoneNumberField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("platform staff", default=False, help_text="May enter the platform admin.")
    date_joined = models.DateTimeField(auto_now_add=True)
    password_expires_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="A password we made and sent: void after this, changed at first sign-in.",
    )
    totp_secret = EncryptedTextField(blank=True, default="")
    totp_confirmed_at = models.DateTimeField(null=True, blank=True, help_text="Since when it is asked for.")
    totp_last_step = models.BigIntegerField(default=0, help_text="A code is good once.")

    objects = UserManager()

    USERNAME_FIELD = "phone"

    def __str__(self) -> str:
        return self.name or str(self.phone)

    @property
    def must_change_password(self) -> bool:
        return self.password_expires_at is not None

    @property
    def has_totp(self) -> bool:
        return self.totp_confirmed_at is not None
