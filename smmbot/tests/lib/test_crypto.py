import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from smmbot.lib.crypto import EncryptedTextField, WrongFieldKey, decrypt, encrypt, mask, rotate

OLD = Fernet.generate_key().decode()
NEW = Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.FIELD_ENCRYPTION_KEY = [NEW, OLD]


def test_encrypt_hides_and_decrypt_restores():
    token = encrypt("sk-ключ-123")

    assert "sk-" not in token
    assert decrypt(token) == "sk-ключ-123"


def test_encrypt_never_writes_the_same_twice():
    assert encrypt("secret") != encrypt("secret")


def test_older_keys_still_decrypt(settings):
    settings.FIELD_ENCRYPTION_KEY = [OLD]
    token = encrypt("secret")
    settings.FIELD_ENCRYPTION_KEY = [NEW, OLD]

    assert decrypt(token) == "secret"


def test_rotate_writes_with_the_newest_key(settings):
    settings.FIELD_ENCRYPTION_KEY = [OLD]
    token = encrypt("secret")
    settings.FIELD_ENCRYPTION_KEY = [NEW, OLD]
    rotated = rotate(token)
    settings.FIELD_ENCRYPTION_KEY = [NEW]

    assert decrypt(rotated) == "secret"
    with pytest.raises(WrongFieldKey):
        rotate(token)


def test_a_wrong_key_says_what_to_do_and_not_the_value(settings):
    token = encrypt("secret")
    settings.FIELD_ENCRYPTION_KEY = [OLD]

    with pytest.raises(WrongFieldKey) as error:
        decrypt(token)

    assert "FIELD_ENCRYPTION_KEY" in str(error.value)
    assert token not in repr(error.value) + str(error.value)
    assert error.value.__suppress_context__


@pytest.mark.parametrize("text", ["plain text", "", "é", "gAAAAA=="])
def test_decrypt_refuses_what_is_no_token(text):
    with pytest.raises(WrongFieldKey):
        decrypt(text)


def test_keys_may_be_one_text_with_commas(settings):
    token = encrypt("secret")
    settings.FIELD_ENCRYPTION_KEY = f"{NEW}, {OLD}"

    assert decrypt(token) == "secret"


@pytest.mark.parametrize("keys", [[], [""], ["short"]])
def test_missing_and_malformed_keys_are_told(settings, keys):
    settings.FIELD_ENCRYPTION_KEY = keys

    with pytest.raises(ImproperlyConfigured, match="FIELD_ENCRYPTION_KEY"):
        encrypt("secret")


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        ("", ""),
        ("short", "••••"),
        ("elevenchars", "••••"),
        ("twelve-chars", "••••hars"),
        ("k" * 40 + "wxyz", "••••wxyz"),
    ],
)
def test_mask_shows_four_characters_of_long_secrets_only(secret, shown):
    assert mask(secret) == shown


def test_field_stores_a_token_and_reads_the_text():
    field = EncryptedTextField()
    stored = field.get_prep_value("secret")

    assert stored != "secret"
    assert field.from_db_value(stored, None, None) == "secret"


@pytest.mark.parametrize("nothing", ["", None])
def test_field_leaves_nothing_as_it_is(nothing):
    field = EncryptedTextField(null=True)

    assert field.get_prep_value(nothing) == nothing
    assert field.from_db_value(nothing, None, None) == nothing
