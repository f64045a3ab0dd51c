import time

import pytest

from panel.clients.html_text import LONGEST_MESSAGE, to_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain", "plain"),
        ("<span>54331</span><span>54337</span>", "54331 54337"),
        ("<div><b>Order ID</b>: 700123</div>Please refill", "Order ID : 700123 Please refill"),
        ("a<br>b<br/>c", "a b c"),
        ("I can&#039;t &amp; won&#39;t &lt;b&gt;", "I can't & won't <b>"),
        ("a &nbsp; b", "a b"),
        ("3 < 5 and 7 > 6 <3", "3 < 5 and 7 > 6 <3"),
        ("<script>alert(1)</script>hi<style>p{}</style>", "hi"),
        ("<SCRIPT src=x>alert(1)</SCRIPT >hi", "hi"),
        ("hi<script>never closed", "hi"),
        ("a<!-- 54321 -->b<!-- open", "a b"),
        ("one\n\n\n two \t three\n", "one\ntwo three"),
        ("<a href='https://x.example/?a=1'>link</a>", "link"),
        ("", ""),
    ],
)
def test_to_text(markup, text):
    assert to_text(markup) == text


@pytest.mark.parametrize("piece", ["<", "<a", "<!--", "<script>", "<script", "</script", "&#", "< ", "\n "])
def test_hostile_markup_takes_no_time(piece):
    started = time.perf_counter()
    to_text(piece * LONGEST_MESSAGE)

    assert time.perf_counter() - started < 0.5
