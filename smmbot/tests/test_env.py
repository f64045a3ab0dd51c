"""What must not go into production is refused, all of it at once, in words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from smmbot.lib.env import DEMO_SECRETS, production_problems

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "SECRET_KEY": "Qm3vZ8kT1xWc6RbYp0HsLd4NfGj7UaEo2iKt5rXw9VzM",
    "TENANT_JWT_SECRET": "tenant-8fK2mQx7Zt4Wv1Rb-8fK2mQx7Zt4Wv1Rb",
    "ADMIN_JWT_SECRET": "admin-5dJ9nPy3Xs6Uc0Ta-5dJ9nPy3Xs6Uc0Ta",
    "FIELD_ENCRYPTION_KEY": "bWFrZS1jaGVjay1vbmx5LW5vdC1hLXJlYWwta2V5ISE=",
    "DATABASE_URL": "postgresql://check@127.0.0.1/check",
    "REDIS_URL": "redis://127.0.0.1/0",
    "PUBLIC_URL": "https://bot.example.com",
    "ALLOWED_HOSTS": "bot.example.com",
    "ALLOW_PRIVATE_URLS": "0",
}


def test_good_settings_have_no_problem():
    assert production_problems(GOOD) == []


@pytest.mark.parametrize("name", DEMO_SECRETS)
def test_each_demo_secret_is_refused(name):
    assert production_problems({**GOOD, name: DEMO_SECRETS[name]}) == [
        f"{name} is a demo value. Make your own."
    ]


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", *DEMO_SECRETS])
def test_each_missing_variable_is_named(name):
    assert production_problems({**GOOD, name: ""}) == [f"{name} is not set."]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"SECRET_KEY": "x" * 31}, "SECRET_KEY is shorter than 32 characters."),
        (
            {"ADMIN_JWT_SECRET": GOOD["TENANT_JWT_SECRET"]},
            "TENANT_JWT_SECRET and ADMIN_JWT_SECRET must differ: one must not open the other.",
        ),
        ({"ALLOWED_HOSTS": "a.example,*"}, "ALLOWED_HOSTS must name the hosts, not '*'."),
        ({"PUBLIC_URL": "http://bot.example.com"}, "PUBLIC_URL must be the https address of this site."),
        ({"ALLOW_PRIVATE_URLS": "True"}, "ALLOW_PRIVATE_URLS is for the demo and tests only."),
    ],
)
def test_each_unsafe_value_is_told(changed, problem):
    assert production_problems({**GOOD, **changed}) == [problem]


def test_a_rotated_key_may_not_keep_the_demo_one():
    rotated = f"{GOOD['FIELD_ENCRYPTION_KEY']},{DEMO_SECRETS['FIELD_ENCRYPTION_KEY']}"

    assert production_problems({**GOOD, "FIELD_ENCRYPTION_KEY": rotated}) != []


def load_settings(**env):
    """Import the real settings in a process of their own, without what this one has in its environment."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    return subprocess.run(
        [
            sys.executable,
            "-W",
            "error",
            "-c",
            "from smmbot import settings as s; print(s.DEMO, s.SECURE_SSL_REDIRECT)",
        ],
        cwd=ROOT,
        env={**kept, **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_production_starts_on_good_settings():
    done = load_settings(DEMO="0", **GOOD)

    assert (done.stdout.split(), done.returncode) == (["False", "True"], 0), done.stderr


def test_production_refuses_the_demos_secrets_telling_all_of_them():
    done = load_settings(DEMO="0", **{**GOOD, **DEMO_SECRETS})

    assert done.returncode != 0
    for name in DEMO_SECRETS:
        assert f"{name} is a demo value" in done.stderr


def test_naming_servers_is_production():
    done = load_settings(DATABASE_URL=GOOD["DATABASE_URL"], REDIS_URL=GOOD["REDIS_URL"])

    assert done.returncode != 0
    assert "SECRET_KEY is not set." in done.stderr
    for secret in DEMO_SECRETS.values():
        assert secret not in done.stderr


def test_production_refuses_debug():
    assert "DEBUG=1" in load_settings(DEMO="0", DEBUG="1", **GOOD).stderr
