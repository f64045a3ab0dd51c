from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def lookup(table: Mapping[str, Any], name: str) -> Any:
    """`{{ table|lookup:name }}`: nothing where it is not there."""
    return table.get(name, "")
