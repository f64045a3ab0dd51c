"""What a gateway's word changes: events may be late or noise, an answer to our own question is how it is."""

import pytest

from botcore.domain.number_moves import PAIRING, Standing, next_of
from botcore.enums import NumberState as S
from botcore.gateway.types import SessionChanged

EVERY_STATE = tuple(S)


def move(state, told, why="", *, reason="", is_asked=False, is_young=False):
    return next_of(Standing(state, reason, is_young), SessionChanged(told, why), is_asked=is_asked)


def play(state, *words):
    """Events one after the other; where they lead, and how many of them were written down."""
    at, written = (state, ""), 0
    for told, why in words:
        if (moved := move(at[0], told, why, reason=at[1])) is not None:
            at, written = moved, written + 1
    return at, written


class TestPairing:
    def test_the_way_to_live(self):
        way = [(S.CONNECTING, ""), (S.QR, ""), (S.CONNECTING, ""), (S.OPEN, "")]
        assert play(S.NEW, *way) == ((S.OPEN, ""), 4)

    @pytest.mark.parametrize("why", ["", "408", "428", "503", "515", "restarting"])
    @pytest.mark.parametrize("state", PAIRING)
    def test_a_short_close_is_part_of_it(self, state, why):
        assert move(state, S.CLOSED, why) is None

    def test_the_restart_after_the_scan(self):
        way = [(S.QR, ""), (S.CLOSED, "515"), (S.CONNECTING, ""), (S.CLOSED, "428"), (S.OPEN, "")]
        assert play(S.CONNECTING, *way) == ((S.OPEN, ""), 3)

    def test_a_gateway_without_a_line_writes_nothing(self):
        assert play(S.CONNECTING, *[(S.CLOSED, "428"), (S.CONNECTING, "")] * 300) == ((S.CONNECTING, ""), 0)

    def test_what_the_gateway_says_of_itself_is_kept(self):
        way = [(S.CONNECTING, "no_internet"), (S.CONNECTING, "428"), (S.CONNECTING, "")]
        assert play(S.CONNECTING, *way) == ((S.CONNECTING, "no_internet"), 1)

    def test_codes_that_ran_out(self):
        assert move(S.QR, S.CLOSED, "qr_limit") == (S.NEW, "qr_limit")
        assert move(S.QR, S.NEW, "passkey_unsupported") == (S.NEW, "passkey_unsupported")

    def test_a_session_without_a_code_yet_says_nothing(self):
        assert move(S.CONNECTING, S.NEW, is_asked=True) is None

    def test_passkey_steps(self):
        way = [(S.PASSKEY, ""), (S.PASSKEY_CONFIRM, ""), (S.OPEN, "")]
        assert play(S.QR, *way) == ((S.OPEN, ""), 3)

    def test_a_real_refusal_ends_it(self):
        assert move(S.QR, S.CLOSED, "440") == (S.CLOSED, "440")
        assert move(S.QR, S.CLOSED, "403") == (S.BANNED, "403")

    def test_the_log_out_before_it_is_not_its_own(self):
        assert move(S.QR, S.LOGGED_OUT, "401") is None
        assert move(S.CONNECTING, S.LOGGED_OUT, "401", is_young=True) is None
        assert move(S.CONNECTING, S.LOGGED_OUT, "401", is_young=True, is_asked=True) is None
        assert move(S.CONNECTING, S.LOGGED_OUT, "401") == (S.LOGGED_OUT, "401")


class TestLive:
    @pytest.mark.parametrize("why", ["", "408", "428"])
    def test_it_loses_its_line(self, why):
        assert move(S.OPEN, S.CLOSED, why) == (S.CLOSED, why)

    def test_the_restart_that_comes_late_is_over(self):
        assert move(S.OPEN, S.CLOSED, "515") is None

    @pytest.mark.parametrize("told", [S.CONNECTING, S.QR, S.NEW, S.PASSKEY])
    def test_an_event_of_the_pairing_that_comes_late_is_over(self, told):
        assert move(S.OPEN, told) is None

    def test_asked_and_connecting_it_has_no_line(self):
        assert move(S.OPEN, S.CONNECTING, is_asked=True) == (S.CLOSED, "")

    @pytest.mark.parametrize("told", [S.QR, S.NEW, S.PASSKEY])
    def test_asked_and_waiting_for_a_scan_it_has_no_link(self, told):
        assert move(S.OPEN, told, is_asked=True) == (S.LOGGED_OUT, "401")
        assert move(S.CLOSED, S.CLOSED, "qr_limit", is_asked=True) == (S.LOGGED_OUT, "401")

    def test_flapping_is_one_loss(self):
        storm = [(S.CONNECTING, ""), (S.CLOSED, "428"), (S.CONNECTING, ""), (S.CLOSED, "408")] * 200
        assert play(S.OPEN, (S.CLOSED, "428"), *storm) == ((S.CLOSED, "428"), 1)

    def test_a_reason_that_lasts_stands_through_the_noise(self):
        way = [(S.CLOSED, "428"), (S.CLOSED, "440"), (S.CONNECTING, ""), (S.CLOSED, "408")]
        assert play(S.OPEN, *way) == ((S.CLOSED, "440"), 2)

    def test_what_the_codes_mean(self):
        assert move(S.OPEN, S.CLOSED, "401") == (S.LOGGED_OUT, "401")
        assert move(S.CLOSED, S.CLOSED, "403") == (S.BANNED, "403")
        assert move(S.OPEN, S.CLOSED, "440") == (S.CLOSED, "440")
        assert move(S.OPEN, S.CLOSED, "500") == (S.CLOSED, "500")

    def test_back_again(self):
        assert move(S.CLOSED, S.OPEN, reason="440") == (S.OPEN, "")
        assert move(S.OPEN, S.OPEN) is None

    def test_a_gateway_that_answers_again_is_no_longer_blamed(self):
        blamed = "gateway_unreachable"
        assert move(S.OPEN, S.OPEN, reason=blamed) == (S.OPEN, "")
        assert move(S.CLOSED, S.CONNECTING, reason=blamed, is_asked=True) == (S.CLOSED, "")
        assert move(S.CLOSED, S.CLOSED, reason=blamed, is_asked=True) == (S.CLOSED, "")
        assert move(S.CONNECTING, S.CONNECTING, reason=blamed) == (S.CONNECTING, "")


class TestEnded:
    @pytest.mark.parametrize("told", [S.NEW, S.CONNECTING, S.QR, S.PASSKEY, S.CLOSED, S.OPEN])
    @pytest.mark.parametrize("ended", [S.LOGGED_OUT, S.BANNED])
    def test_late_noise_changes_nothing(self, ended, told):
        assert move(ended, told, "428", reason="401") is None

    def test_the_first_end_stays(self):
        assert move(S.LOGGED_OUT, S.LOGGED_OUT, "401", reason="session_gone") is None
        assert move(S.BANNED, S.LOGGED_OUT, "401", reason="403") is None

    def test_a_ban_says_more_than_a_log_out(self):
        assert move(S.LOGGED_OUT, S.BANNED, "403", reason="401") == (S.BANNED, "403")

    @pytest.mark.parametrize("ours", ["by_team", "taken", "taken_here"])
    @pytest.mark.parametrize("told", EVERY_STATE)
    @pytest.mark.parametrize("is_asked", [True, False])
    def test_what_we_ended_ourselves_stays_ended(self, ours, told, is_asked):
        assert move(S.LOGGED_OUT, told, "401", reason=ours, is_asked=is_asked) is None

    def test_asked_and_live_it_is(self):
        assert move(S.LOGGED_OUT, S.OPEN, reason="401", is_asked=True) == (S.OPEN, "")
        assert move(S.BANNED, S.OPEN, reason="403", is_asked=True) == (S.OPEN, "")


@pytest.mark.parametrize("is_asked", [True, False])
@pytest.mark.parametrize("told", EVERY_STATE)
@pytest.mark.parametrize("state", EVERY_STATE)
def test_the_same_word_twice_is_one_move(state, told, is_asked):
    first = move(state, told, "428", is_asked=is_asked) or (state, "")

    assert move(first[0], told, "428", reason=first[1], is_asked=is_asked) is None
