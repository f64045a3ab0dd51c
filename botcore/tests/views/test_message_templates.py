"""Templates in the browser: every text can be found, seen and changed; the next reply uses it."""

import re

import pytest

from botcore.domain import templates
from botcore.domain.template_words import SAMPLES, SUBJECTS, subject_of
from botcore.models import MessageTemplate
from botcore.templatetags.whatsapp import whatsapp
from tenants.models import AuditEntry

KEYS = templates.keys()


def text_of(page):
    return page.content.decode()


def test_all_keys_are_listed_once_under_a_subject(site):
    page = text_of(site.get("/templates/"))

    assert re.findall(r'id="line-(\w+)"', page) == [
        one for title in SUBJECTS for one in KEYS if subject_of(one) == title
    ]


def test_every_variable_has_a_sample():
    assert {name for key in KEYS for name in templates.variables_of(key)} <= set(SAMPLES)


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("staff_admin", 200), ("staff", 403)])
def test_is_for_owner_and_staff_admin(site, role, status):
    assert site.as_(role).get("/templates/").status_code == status
    assert site.as_(role).get("/templates/order_status").status_code == status


def test_every_text_opens_with_its_variables(site):
    for key in KEYS:
        page = text_of(site.get(f"/templates/{key}", htmx=True))
        assert re.findall(r'data-insert="\{(\w+)\}"', page) == list(templates.variables_of(key))


@pytest.mark.parametrize("key", ["nonsense", "help", "config_list"])
def test_what_is_no_template_is_not_there(site, key):
    assert site.get(f"/templates/{key}").status_code == 404
    assert site.post(f"/templates/{key}", {"value": "x"}).status_code == 404


def test_saved_text_is_the_very_next_reply_and_reset_takes_it_back(site, chat, configure):
    configure(chat_mode="custom")
    built_in = chat.say("check 54321").text

    site.post("/templates/order_status", {"value": "*{order_id}* is {status}"}, htmx=True)
    assert chat.say("check 54321").text == "*54321* is In Progress"

    site.post("/templates/order_status/reset", htmx=True)
    assert chat.say("check 54321").text == built_in
    assert [entry.action for entry in AuditEntry.objects.filter(subject="order_status").order_by("pk")] == [
        "template.set",
        "template.reset",
    ]


def test_without_javascript_it_saves_and_returns(site):
    answer = site.post("/templates/order_status", {"value": "{order_id}"})

    assert (answer.status_code, answer["Location"]) == (303, "/templates/order_status")
    assert "is saved" in text_of(site.get("/templates/order_status"))


def test_unknown_variables_are_refused_with_those_that_are_known(site):
    page = site.post("/templates/balance_reply", {"value": "{money} of {username}"}, htmx=True)

    assert page.status_code == 422
    assert "{money} is not known here. You can use: {balance}, {username}." in text_of(page)
    assert "{money} of {username}" in text_of(page)
    assert not MessageTemplate.objects.exists()


def test_too_long_is_refused(site):
    page = site.post("/templates/welcome_message", {"value": "x" * 4097})

    assert page.status_code == 422
    assert "4,097 characters" in text_of(page)


def test_preview_shows_samples_and_markup_and_stores_nothing(site):
    page = text_of(
        site.post(
            "/templates/order_status/preview",
            {"value": "*{order_id}* {status}\n{nonsense} <script>alert(1)</script>"},
            htmx=True,
        )
    )

    assert "<strong>54321</strong> In Progress" in page
    assert "{nonsense} &lt;script&gt;" in page
    assert "Not known here" in page
    assert not MessageTemplate.objects.exists()


def test_search_finds_by_key_title_and_words(site):
    for asked, key in (
        ("speedup_sub", "speedup_submitted"),
        ("balance reply", "balance_reply"),
        ("pictures", "media_without_text"),
    ):
        found = re.findall(r'id="line-(\w+)"', text_of(site.get("/templates/", {"q": asked}, htmx=True)))
        assert key in found
        assert len(found) < 15
    assert "Nothing fits" in text_of(site.get("/templates/", {"q": "zebra"}, htmx=True))


def test_only_own_texts_can_be_listed(site):
    site.post("/templates/user_blocked", {"value": "Go away"})

    page = text_of(site.get("/templates/", {"changed": "1"}, htmx=True))

    assert re.findall(r'id="line-(\w+)"', page) == ["user_blocked"]


def test_other_modes_are_told_that_templates_wait(site, configure):
    assert "used in Custom mode alone" in text_of(site.get("/templates/"))
    configure(chat_mode="custom")
    assert "used in Custom mode alone" not in text_of(site.get("/templates/"))


def test_neighbours_texts_are_not_shown(site, other_tenant):
    MessageTemplate._base_manager.create(tenant=other_tenant, key="order_status", value="next door")

    assert "next door" not in text_of(site.get("/templates/order_status"))


def test_queries_are_few_and_do_not_grow(site, django_assert_max_num_queries):
    for keys in (["order_status"], ["user_blocked", "refill_submitted", "welcome_back"]):
        for key in keys:
            site.post(f"/templates/{key}", {"value": "mine"})
        site.get("/templates/order_status")
        with django_assert_max_num_queries(15):
            site.get("/templates/order_status")


def test_count_of_queries_is_equal_for_one_and_three_rows(site, django_assert_num_queries, count_queries):
    site.post("/templates/order_status", {"value": "mine"})
    one = count_queries(lambda: site.get("/templates/"))
    for key in ("user_blocked", "welcome_back"):
        site.post(f"/templates/{key}", {"value": "mine"})
    site.get("/templates/")

    assert count_queries(lambda: site.get("/templates/")) == one


@pytest.fixture
def count_queries(site):
    from django.db import connection  # noqa: PLC0415 -- only here
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 -- only here

    def count(do):
        do()  # what is said once, is said
        with CaptureQueriesContext(connection) as queries:
            do()
        return len(queries)

    return count


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _it_ ~gone~ `mono`", "<strong>bold</strong> <em>it</em> <s>gone</s> <code>mono</code>"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("* not bold *", "* not bold *"),
        ("*two words* and *more*", "<strong>two words</strong> and <strong>more</strong>"),
        ("`*raw*`", "<code>*raw*</code>"),
        ("```a\nb```", "<code>a\nb</code>"),
        ('<b onclick="x">*y*</b>', "&lt;b onclick=&quot;x&quot;&gt;<strong>y</strong>&lt;/b&gt;"),
        ("*a\nb*", "*a\nb*"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("\x000\x00 `x`", "0 <code>x</code>"),
        (None, ""),
    ],
)
def test_whatsapps_markup_becomes_html_and_nothing_else_does(text, html):
    assert whatsapp(text) == html
