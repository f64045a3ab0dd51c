"""Every message is written to these indexes: no column is indexed twice, and none that a delete looks for is not."""

import pytest
from django.db import connection, models

from botcore.models import InboxMessage, MessageLog, OutboxMessage

# Whole, or without the NULLs alone, which no look-up of a foreign key asks for.
_INDEXES = """
SELECT column_.attname, class.relname
FROM pg_index AS index
JOIN pg_class AS class ON class.oid = index.indexrelid
JOIN pg_attribute AS column_ ON column_.attrelid = index.indrelid AND column_.attnum = index.indkey[0]
WHERE index.indrelid = %s::regclass
AND (index.indpred IS NULL OR pg_get_expr(index.indpred, index.indrelid) = format('(%%s IS NOT NULL)', column_.attname))
"""


@pytest.mark.parametrize("model", [InboxMessage, OutboxMessage, MessageLog])
def test_foreign_keys_are_found_by_an_index_that_begins_with_them(db, model):
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES, [model._meta.db_table])
        indexed: dict[str, list[str]] = {}
        for column, index in cursor.fetchall():
            indexed.setdefault(column, []).append(index)

    keys = [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
    assert {field.column for field in keys} <= set(indexed)
    for field in keys:
        if field.db_index:
            assert len(indexed[field.column]) == 1, "one of these begins with it: db_index=False"
