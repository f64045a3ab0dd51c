"""Every screen, and every button of one, has its twin under /api/v1 for the same people. Driven from the URLconf: a
new address of a screen must be put here, with its twin or the reason why no script wants one."""

from collections.abc import Mapping

import pytest
from django.urls import get_resolver

from smmbot.testing.urls import named_views

TWINS: Mapping[str, str] = {
    "overview": "GET api_overview",
    "overview_figures": "GET api_overview",
    "overview_chart": "GET api_overview",
    "overview_setup": "GET api_overview",
    "overview_check": "POST api_validate_panel",
    "overview_mode": "PATCH api_config",
    "settings": "PATCH api_account",
    "help": "GET api_help",
    "forgot": "POST api_forgot_send",
    "sandbox_phone": "GET api_sandbox_phone",
    "signup": "POST api_signup_send",
    "login": "POST api_login",
    "logout": "POST api_logout",
    "confirm": "POST api_confirm",
    "switch_team": "POST api_switch",
    "my_account": "GET api_me",
    "my_name": "PATCH api_me",
    "my_password": "POST api_password",
    "first_password": "POST api_password",
    "second_factor": "POST api_totp_begin",
    "second_factor_on": "POST api_totp_enable",
    "second_factor_off": "POST api_totp_disable",
    "second_factor_codes": "POST api_recovery_codes",
    "end_other_sessions": "DELETE api_sessions",
    "end_session": "DELETE api_session",
    "settings_keys": "POST api_keys",
    "settings_revoke_key": "DELETE api_key",
    "settings_audit": "GET api_audit",
    "settings_data": "GET api_export",
    "settings_export": "POST api_export",
    "settings_download": "GET api_export_download",
    "settings_close": "POST api_account_close",
    "settings_keep": "POST api_account_keep",
    "staff": "GET api_admin_numbers",
    "staff_add": "POST api_admin_numbers_send_code",
    "staff_join": "POST api_admin_numbers_verify",
    "staff_member": "PATCH api_admin_number",
    "staff_remove": "DELETE api_admin_number",
    "staff_password": "POST api_admin_number_password",
    "job": "GET api_job",
    "numbers": "GET api_numbers",
    "number_add": "POST api_numbers",
    "number_link": "GET api_number_qr",
    "number_connect": "POST api_number_connect",
    "number_restart": "POST api_number_restart",
    "number_log_out": "POST api_number_logout",
    "number_default": "PATCH api_number",
    "number_rename": "PATCH api_number",
    "number_remove": "DELETE api_number",
    "number_sandbox_scan": "POST api_number_sandbox_scan",
    "number": "GET api_number_queue",
    "number_move": "POST api_number_move",
    "number_pairing": "POST api_number_pairing",
    "number_passkey": "POST api_number_passkey",
    "number_passkey_confirm": "POST api_number_passkey_confirm",
    "number_play": "POST api_number_play",
    "number_dead_letters": "POST api_number_send_again",
    "groups": "GET api_groups",
    "groups_sync": "POST api_groups_sync",
    "groups_bulk": "POST api_groups_bulk",
    "group_switch": "PATCH api_group",
    "group_provider": "PATCH api_group",
    "group_hide": "DELETE api_group",
    "group_show": "PATCH api_group",
    "customers": "GET api_customers",
    "customers_bulk": "POST api_customers_bulk_block",
    "customers_export": "GET api_customers_export",
    "customers_verify": "POST api_customers",
    "customers_import": "GET api_customers_batches",
    "customers_import_start": "POST api_customers_import",
    "customers_undo": "POST api_customers_undo",
    "customer": "GET api_customer",
    "customer_block": "POST api_customer_block",
    "customer_unblock": "POST api_customer_unblock",
    "customer_remove": "DELETE api_customer",
    "customer_link": "POST api_customer_usernames",
    "logs": "GET api_logs",
    "logs_new": "GET api_logs",
    "logs_status": "POST api_logs_bulk_status",
    "logs_rerun": "POST api_logs_rerun",
    "logs_export": "GET api_logs_export",
    "log": "GET api_log",
    "log_status": "PATCH api_log_status",
    "log_memo": "PATCH api_log",
    "log_rerun": "POST api_logs_rerun",
    "log_order": "GET api_log_order",
    "log_approve": "POST api_log_approve",
    "log_refuse": "POST api_log_refuse",
    "bot_settings": "GET api_config",
    "bot_settings_section": "PATCH api_config",
    "check_panel": "POST api_validate_panel",
    "check_model": "POST api_model_check",
    "save_panel": "PUT api_panel",
    "use_panel": "PATCH api_saved_panel",
    "remove_panel": "DELETE api_saved_panel",
    "reset_setting": "POST api_config_reset",
    "message_templates": "GET api_templates",
    "message_template": "PATCH api_template",
    "preview_template": "POST api_template_preview",
    "reset_template": "POST api_template_reset",
    "providers": "GET api_providers",
    "provider_add": "POST api_providers",
    "provider": "PATCH api_provider",
    "provider_check": "POST api_provider_check",
    "provider_remove": "DELETE api_provider",
    "sandbox": "GET api_sandbox_chats",
    "sandbox_send": "POST api_sandbox_messages",
    "sandbox_clear": "DELETE api_sandbox_chat",
    "sandbox_trace": "GET api_sandbox_message",
}
WITHOUT = {
    "landing": "words for people",
    "docs": "words for people",
    "docs_api": "openapi.json is what it is made of",
    "healthz": "is JSON itself",
    "readyz": "is JSON itself",
    "stop_impersonating": "of a browser our staff looks through",
}
# Whose screen lets in others than its twin does, and why.
OTHER_PEOPLE = {
    "overview": "sends those who may not see it to the logs",
    "overview_check": "the twin looks at any panel, not at the saved one alone",
}
SCREENS, API = named_views(get_resolver().url_patterns)


def test_every_screen_is_known() -> None:
    assert set(SCREENS) ^ {*TWINS, *WITHOUT} == set()


@pytest.mark.parametrize(("screen", "twin"), TWINS.items())
def test_its_twin_is_there_for_the_same_people(screen: str, twin: str) -> None:
    method, _, name = twin.partition(" ")
    (spec,) = [one.spec for one in API[name] if one.spec.method == method]

    is_public = not getattr(SCREENS[screen], "login_required", True)
    if screen not in OTHER_PEOPLE and not (is_public or spec.is_public):
        assert spec.needs == SCREENS[screen].permission
