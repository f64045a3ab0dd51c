#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL and REDIS_URL it starts servers of its own (smmbot/lib/embedded)."""

import os
import sys

from django.core.management import execute_from_command_line

from smmbot.lib.embedded import EmbeddedServerError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smmbot.settings")
    try:
        execute_from_command_line(sys.argv)
    except EmbeddedServerError as error:
        sys.exit(f"manage.py: {error}")


if __name__ == "__main__":
    main()
