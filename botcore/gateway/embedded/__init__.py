"""The built-in gateway: WhatsApp without another program, for an operator with a few numbers.

    worker ── Redis (calls.py) ──▶ supervisor ── a pipe (lines.py) ──▶ child: one number, one client of the library
                                    │    ◀── events, numbered ─────── child
                                    └──▶ database: lease and state of each session, then the intake of a webhook

`manage.py runwhatsapp` is the supervisor. The library keeps its clients in maps without a lock, and its abort takes
the whole process along: so a number is a process, and the library is imported in child.py alone. link.py and child.py
run without Django.
"""
