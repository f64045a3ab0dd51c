"""Tenant scope: a query on a tenant's rows fails unless a tenant is open.

`with tenant_scope(tenant_id):` is opened by the middleware, the JSON endpoint, the pipeline and the tasks; inside,
every scoped manager sees that tenant's rows alone. Crossing is explicit: `with all_tenants("why"):`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar

from django.db import models

_ALL = object()
_scope: ContextVar[Any] = ContextVar("tenant_scope", default=None)

M = TypeVar("M", bound=models.Model)


class ScopeError(RuntimeError):
    """A tenant's rows were touched with no tenant open, or with another one's."""


@contextmanager
def tenant_scope(tenant_id: int) -> Iterator[None]:
    """Open one tenant for the block. Opening another one inside is refused: no code path serves two tenants."""
    current = _scope.get()
    if isinstance(current, int) and current != tenant_id:
        raise ScopeError(f"Tenant {current} is open; tenant {tenant_id} cannot be opened inside it.")
    token = _scope.set(tenant_id)
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def all_tenants(reason: str) -> Iterator[None]:
    """Cross tenants on purpose, for the platform's own work; the reason is for the reader of the code."""
    if not reason:
        raise ScopeError("Crossing tenants needs a reason.")
    token = _scope.set(_ALL)
    try:
        yield
    finally:
        _scope.reset(token)


class Playground(Protocol):
    """A tenant that serves another one's Sandbox page; Tenant has both."""

    @property
    def pk(self) -> int: ...
    @property
    def sandbox_of_id(self) -> int | None: ...


@contextmanager
def sandbox_scope(playground: Playground) -> Iterator[None]:
    """Step from a tenant over into the one of its own Sandbox page; no other crossing passes here."""
    current = _scope.get()
    if not isinstance(current, int) or current not in (playground.sandbox_of_id, playground.pk):
        raise ScopeError(f"Tenant {playground.pk} is no sandbox of {current or 'none'}.")
    if playground.sandbox_of_id is None:
        raise ScopeError(f"Tenant {playground.pk} is no sandbox.")
    token = _scope.set(playground.pk)
    try:
        yield
    finally:
        _scope.reset(token)


def current_tenant_id() -> int:
    """Return the open tenant. Raises ScopeError when none, or all, are open."""
    current = _scope.get()
    if not isinstance(current, int):
        raise ScopeError("No tenant is open here.")
    return current


def require(tenant_id: int) -> None:
    """Fail unless this tenant is open: the guard of plain SQL, which passes no manager."""
    _check_tenant(tenant_id)


class ScopedQuerySet(models.QuerySet[M]):
    """Writes go into the open tenant, whatever the caller passes."""

    def create(self, **kwargs: Any) -> M:
        self._check(kwargs)
        return super().create(**kwargs)

    def get_or_create(self, defaults: Any = None, **kwargs: Any) -> tuple[M, bool]:
        self._check(kwargs)
        return super().get_or_create(defaults, **kwargs)

    def update_or_create(
        self, defaults: Any = None, create_defaults: Any = None, **kwargs: Any
    ) -> tuple[M, bool]:
        self._check(kwargs)
        return super().update_or_create(defaults, create_defaults, **kwargs)

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[M]:
        objs = list(objs)
        for obj in objs:
            _check_tenant(obj.tenant_id)
        return super().bulk_create(objs, *args, **kwargs)

    @staticmethod
    def _check(kwargs: dict[str, Any]) -> None:
        tenant = kwargs.get("tenant")
        tenant_id = tenant.pk if tenant is not None else kwargs.get("tenant_id")
        if tenant_id is None:
            kwargs["tenant_id"] = current_tenant_id()
        else:
            _check_tenant(tenant_id)


def _check_tenant(tenant_id: int) -> None:
    current = _scope.get()
    if current is not _ALL and tenant_id != current:
        raise ScopeError(f"Tenant {tenant_id} was touched while {current or 'none'} is open.")


class ScopedManager(models.Manager[M]):
    """Filters by the open tenant; raises ScopeError when none is open."""

    def get_queryset(self) -> ScopedQuerySet[M]:
        queryset: ScopedQuerySet[M] = ScopedQuerySet(self.model, using=self._db)
        current = _scope.get()
        if current is None:
            raise ScopeError(f"{self.model.__name__} was queried with no tenant open.")
        return queryset if current is _ALL else queryset.filter(tenant_id=current)


class TenantModel(models.Model):
    """A row that belongs to one tenant. `objects` is scoped; Django's own look-ups use the plain base manager."""

    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="+")

    objects = ScopedManager()

    class Meta:
        abstract = True
