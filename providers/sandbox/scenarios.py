"""Bad days of the fake providers: those of any server, and those only this API can have."""

from smmbot.lib.sandbox.faults import FAULTS

PROVIDER_SCENARIOS = {
    **FAULTS,
    "error_in_200": "an error text, HTTP 200, whatever the provider's manner; nothing is performed",
    "bad_key": "the key is refused, right or wrong",
    "refuses_refill": "no order may be refilled",
    "rejects_refills": "refills asked for from now on end as Rejected",
    "refuses_cancel": "no order may be canceled",
    "mixed_list": "of a refill's list the first order is refused, the last taken and missing from the answer",
    "unknown_orders": "no order is known",
    "wrong_types": "numbers where this provider writes text, text where it writes numbers",
    "unknown_fields": "objects carry fields nobody has heard of",
}
