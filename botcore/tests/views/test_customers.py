"""Customers: found, verified by hand, blocked, removed, imported, taken back, exported."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from botcore.sandbox.demo_tenant import ACTORS
from botcore.tests.factories import MessageLogFactory
from panel.models import PanelConnection
from smmbot.testing.worker import outside
from tenants.models import AuditEntry, Contact, Job, TenantUser
from tenants.tests.factories import ContactFactory, TenantUserFactory

SAM = "+15550100014"


@pytest.fixture
def anna(tenant):
    return TenantUser.objects.get(panel_username="anna_media")


def names(page):
    return sorted(row.link.panel_username for row in page.context["page"].rows)


def make(tenant, name, **more):
    phone = more.pop("phone", "")
    return TenantUserFactory(
        tenant=tenant, contact=ContactFactory(tenant=tenant, phone=phone), panel_username=name, **more
    )


def verify(site, phone=SAM, username="anna_media", **more):
    return site.post("/customers/verify/", {"phone": phone, "username": username, **more})


def dry_run(site, text, **more):
    return site.post("/customers/import/", {"pasted": text, **more})


def run_import(site, worker, text):
    page = dry_run(site, text)
    answer = site.post("/customers/import/start/", {"rows": page.context["rows"]})
    worker.run()
    return answer


def streamed(answer):
    return outside(lambda: b"".join(answer.streaming_content)).decode()


class TestList:
    def test_shows_who_and_how(self, site, anna):
        page = site.get("/customers/").content.decode()

        for part in ("anna_media", "Anna", "+1 555-010-0011", "LID 99900000000011", "By hand"):
            assert part in page

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("ANNA", ["anna_media"]),
            ("rahul", ["rahul.smm"]),
            ("0100 012", ["rahul.smm"]),
            ("+1 (555) 010-0013", ["joko88"]),
            ("99900000000011", ["anna_media"]),
            ("88", ["joko88"]),
            ("zzz", []),
            ("%", []),
        ],
    )
    def test_search(self, site, anna, text, found):
        assert names(site.get("/customers/", {"q": text})) == found

    def test_tabs(self, site, anna, tenant, chat):
        make(tenant, "came.along", verified_by="import", batch="import-1")
        TenantUser.objects.filter(panel_username="joko88").update(is_blocked=True)
        chat.say("balance")

        assert names(site.get("/customers/", {"show": "active"})) == ["anna_media"]
        assert names(site.get("/customers/", {"show": "blocked"})) == ["joko88"]
        assert names(site.get("/customers/", {"show": "import"})) == ["came.along"]
        assert names(site.get("/customers/", {"show": "staff"})) == ["anna_media", "joko88", "rahul.smm"]
        assert [count for _, _, count in site.get("/customers/").context["tabs"]] == list("4110301")

    @pytest.mark.parametrize("tab", ["all", "active"])
    def test_pages_go_on_and_come_back(self, site, anna, tenant, clock, tab):
        for at in range(60):
            make(tenant, f"user{at}", last_active_at=clock.now)
        first = site.get("/customers/", {"show": tab})
        second = site.get("/customers/", {"show": tab, "before": first.context["page"].older})
        third = site.get("/customers/", {"show": tab, "before": second.context["page"].older})
        back = site.get("/customers/", {"show": tab, "after": third.context["page"].newer})

        seen = [*names(first), *names(second), *names(third)]
        assert len(seen) == len(set(seen)) == (63 if tab == "all" else 60)
        assert names(back) == names(second)
        assert (first.context["page"].newer, third.context["page"].older) == (None, None)

    @pytest.mark.parametrize(
        "query", [{"show": "x"}, {"before": "0"}, {"before": "x"}, {"after": "9" * 30}, {"q": "a\x00b"}]
    )
    def test_nonsense_is_not_an_error(self, site, anna, query):
        assert site.get("/customers/", query).status_code == 200

    def test_open_requests_are_counted(self, site, anna, tenant):
        MessageLogFactory(tenant=tenant, contact=anna.contact, support_status="open")
        MessageLogFactory(tenant=tenant, contact=anna.contact, support_status="escalated")
        MessageLogFactory(tenant=tenant, contact=anna.contact, support_status="resolved")

        rows = site.get("/customers/").context["page"].rows
        assert {row.link.panel_username: row.open_requests for row in rows} == {
            "anna_media": 2,
            "rahul.smm": 0,
            "joko88": 0,
        }

    @pytest.mark.parametrize(
        "path",
        [
            "/customers/",
            "/customers/?show=active&q=a",
            "/customers/import/",
            "/api/v1/customers",
            "one",
            "api",
        ],
    )
    def test_costs_the_same_for_one_and_for_three(self, site, anna, tenant, clock, path):
        TenantUser.objects.exclude(pk=anna.pk).delete()
        TenantUser.objects.update(last_active_at=clock.now, batch="import-1")
        path = {"one": f"/customers/{anna.pk}/", "api": f"/api/v1/customers/{anna.pk}"}.get(path, path)
        assert site.get("/customers/verify/").status_code == 200  # signed in
        counts = []
        for more in (0, 2):
            for at in range(more):
                who = make(
                    tenant,
                    f"anna{at}",
                    phone=f"1555011{at:04}",
                    last_active_at=clock.now,
                    batch=f"import-{at}",
                )
                make(tenant, "anna_media")
                MessageLogFactory(tenant=tenant, contact=who.contact)
                MessageLogFactory(tenant=tenant, contact=anna.contact)
            with CaptureQueriesContext(connection) as queries:
                assert site.get(path).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 15

    def test_empty_says_what_to_do(self, site, anna):
        TenantUser.objects.all().delete()

        assert "Customers verify themselves" in site.get("/customers/").content.decode()
        for tab in ("active", "blocked", "code", "staff", "bulk", "import"):
            assert "empty-title" in site.get("/customers/", {"show": tab}).content.decode()


class TestVerifyByHand:
    def test_works_for_the_very_next_message(self, site, chat):
        answer = verify(site, "00 1 555 010 0014", "ANNA_media")

        made = TenantUser.objects.get(contact__identities__value=SAM)
        assert (answer.status_code, answer["Location"]) == (303, f"/customers/{made.pk}/")
        assert (made.panel_username, made.verified_by) == ("anna_media", "staff")
        assert chat.as_("stranger").say("balance").key == "balance_reply"
        entry = AuditEntry.objects.get(action="customer.verify")
        assert (entry.subject, entry.source, entry.after["on_panel"]) == (
            "customer anna_media",
            "dashboard",
            True,
        )

    def test_again_changes_nothing(self, site, anna):
        for _ in range(2):
            assert verify(site).status_code == 303
        assert TenantUser.objects.filter(panel_username="anna_media").count() == 2
        assert AuditEntry.objects.filter(action="customer.verify").count() == 1

    @pytest.mark.parametrize(
        ("phone", "username", "said"),
        [
            (SAM, "nobody_here", "Your panel has no user “nobody_here”"),
            (SAM, "a b", "A username has no spaces."),
            ("5550100014", "anna_media", "The country code is missing"),
            ("", "anna_media", "Enter the customer’s WhatsApp number."),
            ("+15550100002", "anna_media", "belongs to your team"),
            ("+15550100012", "anna_media", "is verified as rahul.smm"),
        ],
    )
    def test_refuses_in_words(self, site, anna, phone, username, said):
        answer = verify(site, phone, username)

        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert TenantUser.objects.count() == 3

    def test_the_bots_own_number_is_nobody(self, site, number):
        answer = verify(site, f"+{number.phone}")

        assert "one of the bot’s own numbers" in answer.content.decode()
        assert not Contact.objects.filter(identities__value=number.phone).exists()

    def test_several_usernames_where_the_tenant_allows_it(self, site, anna, configure):
        configure(several_usernames_per_number="true")

        page = site.post(f"/customers/{anna.pk}/link/", {"username": "joko88"})

        assert page.status_code == 303
        assert sorted(anna.contact.usernames.values_list("panel_username", flat=True)) == [
            "anna_media",
            "joko88",
        ]
        assert "joko88" in site.get(f"/customers/{anna.pk}/").content.decode()

    def test_somebody_known_by_lid_alone_gets_another_username(self, site, tenant, configure, chat):
        configure(several_usernames_per_number="true")
        lid = ACTORS["stranger"].lid
        Contact.objects.filter(identities__value=lid).first().identities.exclude(value=lid).delete()
        contact = Contact.objects.get(identities__value=lid)
        one = TenantUserFactory(tenant=tenant, contact=contact, panel_username="rahul.smm")

        site.post(f"/customers/{one.pk}/link/", {"username": "anna_media"})

        assert contact.usernames.count() == 2

    def test_blocked_stays_blocked(self, site, anna):
        site.post(f"/customers/{anna.pk}/block/")

        assert "This customer is blocked" in verify(site, "+15550100011").content.decode()
        assert "This username is blocked for another number" in verify(site).content.decode()

    def test_without_a_panel_it_asks_whether_to_go_on(self, site, anna):
        PanelConnection.objects.all().delete()

        asked = verify(site, username="whoever")
        assert asked.status_code == 422
        assert "No panel is connected yet" in asked.content.decode()
        assert "Link anyway" in asked.content.decode()

        assert verify(site, username="whoever", anyway="on").status_code == 303
        assert TenantUser.objects.filter(panel_username="whoever").exists()
        assert AuditEntry.objects.get(action="customer.verify").after["on_panel"] is False

    def test_a_panel_that_answers_is_asked_whatever_was_said(self, site, anna):
        assert verify(site, username="nobody_here", anyway="on").status_code == 422

    def test_a_refused_key_is_said(self, site, anna):
        connection_ = PanelConnection.objects.get()
        connection_.api_key = "wrong"
        connection_.save()

        assert "The panel refuses this key" in verify(site).content.decode()


class TestBlock:
    def test_acts_on_the_very_next_message(self, site, anna, chat):
        assert chat.say("check 54321").key == "order_status"
        site.post(f"/customers/{anna.pk}/block/")
        assert chat.say("balance").key == "user_blocked"
        assert "The bot does nothing for this person" in site.get(f"/customers/{anna.pk}/").content.decode()
        site.post(f"/customers/{anna.pk}/unblock/")
        assert chat.say("check 54321").key == "order_status"
        actions = AuditEntry.objects.filter(subject="customer anna_media").order_by("pk")
        assert [one.action for one in actions] == ["customer.block", "customer.unblock"]

    def test_blocks_the_person_with_all_usernames(self, site, anna, tenant):
        TenantUserFactory(tenant=tenant, contact=anna.contact, panel_username="second")

        site.post(f"/customers/{anna.pk}/block/")

        assert not anna.contact.usernames.filter(is_blocked=False).exists()


class TestRemove:
    def test_asks_and_then_they_prove_it_anew(self, site, anna, chat):
        asked = site.get(f"/customers/{anna.pk}/remove/")
        assert "they prove it anew" in asked.content.decode()
        assert TenantUser.objects.filter(pk=anna.pk).exists()

        site.post(f"/customers/{anna.pk}/remove/")

        assert chat.say("balance").key == "verification_required"
        entry = AuditEntry.objects.get(action="customer.remove")
        assert (entry.subject, entry.before["verified_by"]) == ("customer anna_media", "staff")

    def test_a_blocked_one_is_kept(self, site, anna, chat):
        site.post(f"/customers/{anna.pk}/block/")
        site.post(f"/customers/{anna.pk}/remove/")

        assert chat.say("balance").key == "user_blocked"

    def test_wants_a_password_given_lately(self, site, anna):
        site = site.stale()
        path = f"/customers/{anna.pk}/remove/"

        assert site.get(path)["Location"] == f"/confirm?next={path}"
        site.post(path)
        site.post("/customers/bulk/", {"act": "remove", "ids": [anna.pk], "sure": "on"})
        refused = site.api("DELETE", f"/api/v1/customers/{anna.pk}")

        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "fresh_login_needed")
        assert TenantUser.objects.filter(pk=anna.pk).exists()


class TestBulk:
    def test_blocks_and_unblocks_all_selected(self, site, anna):
        joko = TenantUser.objects.get(panel_username="joko88")
        site.post("/customers/bulk/", {"act": "block", "ids": [anna.pk, joko.pk]})
        assert TenantUser.objects.filter(is_blocked=True).count() == 2
        site.post("/customers/bulk/", {"act": "unblock", "ids": [anna.pk, joko.pk]})
        assert TenantUser.objects.filter(is_blocked=True).count() == 0

    def test_removal_is_asked_for_once_more_and_leaves_the_blocked(self, site, anna):
        joko = TenantUser.objects.get(panel_username="joko88")
        site.post(f"/customers/{joko.pk}/block/")
        data = {"act": "remove", "ids": [anna.pk, joko.pk]}

        asked = site.post("/customers/bulk/", data).content.decode()
        assert "Remove 2 verifications?" in asked
        assert TenantUser.objects.count() == 3

        site.post("/customers/bulk/", {**data, "sure": "on"})
        page = site.get("/customers/")
        assert names(page) == ["joko88", "rahul.smm"]
        assert "because they are blocked: joko88" in page.content.decode()

    @pytest.mark.parametrize(
        "data", [{}, {"act": "block"}, {"act": "x", "ids": ["1"]}, {"act": "block", "ids": "²"}]
    )
    def test_nothing_chosen_is_said(self, site, anna, data):
        site.post("/customers/bulk/", data)

        assert "Select at least one customer" in site.get("/customers/").content.decode()

    def test_touches_no_other_accounts_customers(self, site, other_tenant):
        theirs = TenantUser._base_manager.filter(tenant=other_tenant, is_blocked=False).first()

        for act in ("block", "remove"):
            site.post("/customers/bulk/", {"act": act, "ids": [theirs.pk], "sure": "on"})

        assert TenantUser._base_manager.get(pk=theirs.pk).is_blocked is False


LIST = """phone;username
+1 555 010 0014;sam
0015550100015;lee
+15550100011;anna_media
+15550100012;somebody
+15550100001;olivia
+15550100014;sam
5550100;x
"""


class TestImport:
    def test_first_shows_what_would_happen(self, site, anna):
        page = dry_run(site, LIST)

        wanted = {"added": 2, "already": 2, "conflicts": 2, "unreadable": 1}
        assert {name: page.context[name] for name in wanted} == wanted
        assert [one.line for one in page.context["left_out"]] == [5, 6, 8]
        text = page.content.decode()
        assert "This number is verified as rahul.smm" in text
        assert "belongs to your team" in text
        assert TenantUser.objects.count() == 3
        assert not Contact.objects.filter(identities__value="+15550100015").exists()

    def test_then_runs_in_the_background_and_can_be_taken_back(self, site, anna, worker, chat):
        run_import(site, worker, LIST)

        job = Job.objects.get(kind="customers.import")
        assert (job.state, job.done, job.total) == ("done", 4, 4)
        assert job.result["text"] == "2 customers added, 2 verified already."
        assert set(
            TenantUser.objects.filter(verified_by="import").values_list("panel_username", "batch")
        ) == {
            ("sam", job.result["batch"]),
            ("lee", job.result["batch"]),
        }
        entry = AuditEntry.objects.get(action="customers.import")
        assert (entry.after["added"], entry.source, entry.user) == (2, "dashboard", site.user)
        page = site.get("/customers/import/").content.decode()
        assert "2 customers added" in page
        assert "Take a batch back" in page

        site.post("/customers/undo/", {"batch": job.result["batch"]})

        assert TenantUser.objects.filter(verified_by="import").count() == 0
        assert AuditEntry.objects.get(action="customers.undo").after["removed"] == 2
        assert "2 verifications removed" in site.get("/customers/").content.decode()

    def test_again_adds_nothing(self, site, anna, worker):
        for _ in range(2):
            run_import(site, worker, LIST)

        assert TenantUser.objects.count() == 5
        newest = Job.objects.filter(kind="customers.import").order_by("-pk").first()
        assert newest.result["text"] == "0 customers added, 4 verified already."

    def test_who_was_imported_is_served(self, site, anna, worker, chat):
        run_import(site, worker, f"{SAM},anna_media")

        assert chat.as_("stranger").say("balance").key == "balance_reply"

    def test_conflicts_that_came_up_since_the_dry_run_are_reported(self, site, anna, worker):
        page = dry_run(site, f"{SAM},sam")
        verify(site, SAM, "anna_media")
        site.post("/customers/import/start/", {"rows": page.context["rows"]})
        worker.run()

        (left,) = Job.objects.get(kind="customers.import").result["left_out"]
        assert (left["line"], left["username"]) == (1, "sam")
        assert "is verified as anna_media" in left["why"]
        assert "is verified as anna_media" in site.get("/customers/import/").content.decode()

    def test_one_number_twice_in_a_list(self, site, anna, worker, configure):
        text = f"{SAM},sam\n{SAM},sam2"
        assert dry_run(site, text).context["conflicts"] == 1
        configure(several_usernames_per_number="true")
        assert dry_run(site, text).context["added"] == 2

    def test_a_file(self, site, anna):
        file = SimpleUploadedFile("list.csv", b"\xef\xbb\xbfphone,username\n15550100014,sam\n")

        assert site.post("/customers/import/", {"file": file, "bare": "on"}).context["added"] == 1

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({}, "Choose a file, or paste the lines."),
            ({"pasted": "phone,username"}, "There is no line in it"),
            ({"pasted": f"{SAM},sam\n" * 5001}, "more than 5,000 lines"),
        ],
    )
    def test_what_is_no_list_is_refused(self, site, anna, data, said):
        answer = site.post("/customers/import/", data)

        assert answer.status_code == 422
        assert said in answer.content.decode()

    @pytest.mark.parametrize(
        "rows", ["", "[]", "x", "[1]", '[["a","b"]]', '[[1,"+1",""]]', "{}", "[[null,1,2]]"]
    )
    def test_a_list_lost_on_the_way_is_not_started(self, site, anna, rows):
        site.post("/customers/import/start/", {"rows": rows})

        assert not Job.objects.filter(kind="customers.import").exists()
        assert "The list was lost on the way" in site.get("/customers/import/").content.decode()

    def test_a_running_one_is_shown_and_not_undone(self, site, anna, worker):
        rows = json.dumps([[1, "15550100014", "sam"]])
        for _ in range(2):
            site.post("/customers/import/start/", {"rows": rows})

        job = Job.objects.get(kind="customers.import")
        page = site.get("/customers/import/").content.decode()
        assert "Importing" in page
        assert "Another import is running" in page
        site.post("/customers/undo/", {"batch": f"import-{job.pk}"})
        assert "still running" in site.get("/customers/import/").content.decode()

    def test_undo_leaves_the_blocked_and_knows_group_batches(self, site, anna, tenant):
        for at in range(3):
            make(tenant, "whole.group", batch="message-7", verified_by="bulk", is_blocked=at == 0)
        assert "!verify-users in a group" in site.get("/customers/import/").content.decode()

        part = site.post("/customers/undo/", {"batch": "message-7"}, htmx=True).content.decode()

        assert "2 verifications removed" in part
        assert "blocked: whole.group" in part
        assert TenantUser.objects.filter(batch="message-7").count() == 1
        again = site.post("/customers/undo/", {"batch": "message-7"}, htmx=True)
        assert "nothing left of this batch" in again.content.decode()

    def test_undo_of_nothing_touches_nobody(self, site, anna):
        for batch in ("", "x"):
            site.post("/customers/undo/", {"batch": batch})
        assert TenantUser.objects.count() == 3


class TestExport:
    def test_streams_what_the_list_shows_and_computes_nothing(self, site, anna, tenant):
        make(tenant, '=HYPERLINK("x")', phone="15550111111")

        answer = site.get("/customers/export/")
        lines = streamed(answer).splitlines()

        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert lines[0].startswith("\ufeffphone,username")
        assert lines[1].startswith("+15550111111,\"'=HYPERLINK")
        assert "+15550100011,anna_media,Anna,99900000000011,staff," in lines[-1]
        assert len(lines) == 5
        assert AuditEntry.objects.get(action="customers.export").after == {"show": "all"}

    def test_of_the_search(self, site, anna):
        assert len(streamed(site.get("/customers/export/", {"q": "anna"})).splitlines()) == 2

    def test_can_be_imported_again(self, site, anna):
        page = dry_run(site, streamed(site.get("/customers/export/")))

        assert (page.context["already"], page.context["left_out"]) == (3, [])

    def test_goes_on_past_a_chunk(self, site, anna, tenant, monkeypatch):
        monkeypatch.setattr("botcore.domain.customer_queries.EXPORT_CHUNK", 2)

        assert len(streamed(site.get("/customers/export/")).splitlines()) == 4


class TestDetail:
    def test_shows_the_person(self, site, anna, tenant, chat):
        chat.say("check 54321")
        other = make(tenant, "ANNA_MEDIA")
        site.post(f"/customers/{anna.pk}/block/")
        page = site.get(f"/customers/{anna.pk}/").content.decode()

        for part in (
            "+1 555-010-0011",
            "99900000000011",
            "54321",
            "Blocked a customer",
            f"/customers/{other.pk}/",
        ):
            assert part in page

    def test_one_without_anything(self, site, tenant):
        one = make(tenant, "empty")
        page = site.get(f"/customers/{one.pk}/").content.decode()

        assert "No requests yet" in page
        assert "WhatsApp hides it" in page

    def test_codes_are_part_of_the_history(self, site, tenant, chat):
        stranger = chat.as_("stranger")
        stranger.say("verify")
        stranger.say("anna_media")
        verify(site)
        made = TenantUser.objects.get(contact__identities__value=SAM)

        assert (
            "A code for anna_media was put into a panel ticket"
            in site.get(f"/customers/{made.pk}/").content.decode()
        )


def test_staff_see_no_customers_and_staff_admins_do(site, anna):
    staff = site.as_("staff")
    for path in ("", "verify/", "import/", "export/", f"{anna.pk}/"):
        assert staff.get(f"/customers/{path}").status_code == 403
        assert site.as_("staff_admin").get(f"/customers/{path}").status_code == 200
    assert staff.post(f"/customers/{anna.pk}/block/").status_code == 403


def test_another_accounts_customer_is_not_there(site, other_tenant):
    theirs = TenantUser._base_manager.filter(tenant=other_tenant).first()

    for act in ("", "remove/", "link/"):
        assert site.get(f"/customers/{theirs.pk}/{act}").status_code == 404
    for act in ("block", "unblock", "remove", "link"):
        assert site.post(f"/customers/{theirs.pk}/{act}/").status_code == 404
