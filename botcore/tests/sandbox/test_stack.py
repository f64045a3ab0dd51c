import pytest

from botcore.gateway.embedded import installation
from botcore.sandbox import stack


def test_a_demo_with_the_built_in_gateway_says_what_is_not_installed(settings, monkeypatch, tmp_path):
    monkeypatch.setenv("SMMBOT_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(installation, "find_spec", lambda name: None)
    settings.WHATSAPP_EMBEDDED = True

    with (
        pytest.raises(stack.StackError, match=r"requirements-embedded\.txt"),
        stack.stack(port=0, on_step=lambda what: None),
    ):
        pass
