"""Settings of the test suite: the demo's, with its own Redis keys and no connection pool.

The servers are those of DATABASE_URL and REDIS_URL when given, else the embedded ones.
"""

import os

os.environ["DEMO"] = "1"
os.environ.setdefault("LOG_LEVEL", "WARNING")
# Each worker of a parallel run has keys of its own.
os.environ["REDIS_KEY_PREFIX"] = f"smmbot-test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{os.getpid()}"

from smmbot.settings import *  # noqa: F403 -- the environment comes first
from smmbot.settings import DATABASES

# A pool's spare connections would keep the test database from being dropped; nobody needs its commits after a crash.
DATABASES["default"]["OPTIONS"] = {"options": "-c synchronous_commit=off"}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Static files are looked up when asked for: no folder of collected ones is needed.
WHITENOISE_AUTOREFRESH = True
# No gateway of the developer's own.
EVOLUTION_API_URL = EVOLUTION_API_KEY = WAHA_URL = WAHA_API_KEY = GOWA_URL = GOWA_BASIC_AUTH = ""
WHATSAPP_EMBEDDED = False
