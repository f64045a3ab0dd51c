import logging
import threading

from redis.exceptions import ConnectionError as RedisConnectionError

from smmbot.lib.redis_client import LuaScript, Outage, get_redis, key


def test_get_redis_gives_every_thread_the_same_client():
    clients = []
    threads = [threading.Thread(target=lambda: clients.append(get_redis())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {id(client) for client in clients} == {id(get_redis())}


def test_get_redis_answers_text_and_has_timeouts():
    redis = get_redis()
    redis.set(key("word"), "héllo")

    assert redis.get(key("word")) == "héllo"
    connection = redis.connection_pool.make_connection()
    assert connection.socket_timeout == 2.0


def test_key_joins_its_parts_behind_the_prefix(settings):
    settings.REDIS_KEY_PREFIX = "ours"

    assert key("lock", 5) == "ours:lock:5"


def test_script_runs_again_after_redis_forgot_it():
    script = LuaScript("return redis.call('INCRBY', KEYS[1], ARGV[1])")

    assert script([key("count")], [2]) == 2
    get_redis().script_flush()
    assert script([key("count")], [3]) == 5


def test_outage_pauses_and_logs_once_a_minute(caplog):
    now = 0.0
    outage = Outage(clock=lambda: now)

    with caplog.at_level(logging.WARNING):
        for now in (0.0, 1.5, 30.0, 61.0):  # noqa: B007 -- read by the clock
            outage.note(RedisConnectionError())
            assert outage.is_on()

    assert [record.message for record in caplog.records] == ["redis_unavailable"] * 2
    now = 62.5
    assert not outage.is_on()
