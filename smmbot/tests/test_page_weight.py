"""What a browser loads for a first page, compressed, is at most 300 KB: pages open quickly on a phone abroad."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings

LIMIT = 300 * 1024
_LINKED = re.compile(r'(?:href|src)="/static/([^"]+\.(?:css|js|svg|woff2))"')


@pytest.mark.parametrize("path", ["/overview", "/logs/", "/sandbox/", "/", "/login"])
def test_first_page_is_light(site, path):
    page = site.get(path) if path not in ("/", "/login") else site.as_(None).get(path)
    html = page.content
    linked = set(_LINKED.findall(html.decode()))
    assert any(name.endswith("tabler.min.css") for name in linked)
    weight = len(gzip.compress(html)) + sum(
        _weight(Path(settings.BASE_DIR) / "static" / name) for name in linked
    )
    assert weight <= LIMIT, {name: _weight(Path(settings.BASE_DIR) / "static" / name) for name in linked}


def _weight(file: Path) -> int:
    content = file.read_bytes()
    return len(content) if file.suffix == ".woff2" else len(gzip.compress(content))
