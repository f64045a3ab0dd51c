"""Every variable the code reads stands in .env.example, and nothing else does."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Read by what starts the project, not by settings.py.
READ_ELSEWHERE = {"SMMBOT_DATA_DIR"}


def variables_of_settings():
    """Names given to env.str("…") and its kin, and to os.environ, in settings.py."""
    tree = ast.parse((ROOT / "smmbot/settings.py").read_text())
    names = set()
    for call in ast.walk(tree):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args):
            continue
        owner, first = call.func.value, call.args[0]
        if isinstance(owner, ast.Name) and owner.id == "env" and isinstance(first, ast.Constant):
            names.add(first.value)
    return names


def variables_of_example():
    text = (ROOT / ".env.example").read_text()
    return re.findall(r"^([A-Z][A-Z0-9_]*)=", text, re.MULTILINE)


def test_both_name_the_same_variables():
    assert set(variables_of_example()) - READ_ELSEWHERE == variables_of_settings()


def test_example_names_each_once():
    names = variables_of_example()

    assert len(names) == len(set(names))


def test_example_holds_no_secret():
    text = (ROOT / ".env.example").read_text()

    for name in (
        "SECRET_KEY",
        "TENANT_JWT_SECRET",
        "ADMIN_JWT_SECRET",
        "FIELD_ENCRYPTION_KEY",
        "LLM_API_KEY",
    ):
        assert re.search(rf"^{name}=$", text, re.MULTILINE), name
