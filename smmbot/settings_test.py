"""Settings of the test suite: the demo's, with its own Redis keys and no connection pool.

The servers are those of DATABASE_URL and REDIS_URL when given, else the embedded ones.
"""

import os

os.environ["DEMO"] = "1"
os.environ.setdefault("LOG_LEVEL", "WARNING")

from smmbot.settings import *  # noqa: F403, E402
from smmbot.settings import DATABASES, REDIS_KEY_PREFIX  # noqa: E402

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")

# A pool's spare connections would keep the test database from being dropped.
DATABASES["default"]["OPTIONS"] = {}
REDIS_KEY_PREFIX = f"{REDIS_KEY_PREFIX}-test-{_WORKER}"
CACHES["default"]["KEY_PREFIX"] = f"{REDIS_KEY_PREFIX}:cache"  # noqa: F405
CELERY_BROKER_TRANSPORT_OPTIONS = {**CELERY_BROKER_TRANSPORT_OPTIONS, "global_keyprefix": f"{REDIS_KEY_PREFIX}:celery:"}  # noqa: F405

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
