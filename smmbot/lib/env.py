"""Typed readers of the environment that fail loudly, all problems at once."""

from collections.abc import Mapping
from urllib.parse import urlsplit

# What a checkout runs on when nothing is configured. Public on purpose: production refuses each of them.
DEMO_SECRETS: Mapping[str, str] = {
    "SECRET_KEY": "demo-secret-key-never-use-this-in-production-0123456789abcdef",
    "TENANT_JWT_SECRET": "demo-tenant-jwt-secret-never-use-this-in-production",
    "ADMIN_JWT_SECRET": "demo-admin-jwt-secret-never-use-this-in-production",
    "FIELD_ENCRYPTION_KEY": "ZGVtby1maWVsZC1rZXktMDEyMzQ1Njc4OWFiY2RlZiE=",
}
MIN_SECRET_LENGTH = 32


def production_problems(values: Mapping[str, str]) -> list[str]:
    """Say what in these settings must not go into production; empty when all is well.

    values: variable name to its raw text, as read from the environment.
    """
    problems = []
    for name, demo in DEMO_SECRETS.items():
        value = values.get(name, "")
        if not value:
            problems.append(f"{name} is not set.")
        elif demo in value or value.startswith("demo-"):
            problems.append(f"{name} is a demo value. Make your own.")
        elif name != "FIELD_ENCRYPTION_KEY" and len(value) < MIN_SECRET_LENGTH:
            problems.append(f"{name} is shorter than {MIN_SECRET_LENGTH} characters.")
    if values.get("TENANT_JWT_SECRET") and values["TENANT_JWT_SECRET"] == values.get("ADMIN_JWT_SECRET"):
        problems.append("TENANT_JWT_SECRET and ADMIN_JWT_SECRET must differ: one must not open the other.")
    problems += [
        f"{name} is not set."
        for name in ("DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS")
        if not values.get(name)
    ]
    if "*" in values.get("ALLOWED_HOSTS", ""):
        problems.append("ALLOWED_HOSTS must name the hosts, not '*'.")
    if urlsplit(values.get("PUBLIC_URL", "")).scheme != "https":
        problems.append("PUBLIC_URL must be the https address of this site.")
    if values.get("ALLOW_PRIVATE_URLS", "").lower() in {"1", "true", "yes", "on"}:
        problems.append("ALLOW_PRIVATE_URLS is for the demo and tests only.")
    return problems
