import threading

import pytest

from smmbot.lib.locks import LockHeld, RedisLock, hold
from smmbot.lib.redis_client import get_redis, key


def test_lock_is_held_by_one():
    first, second = RedisLock("job:1", ttl_s=60), RedisLock("job:1", ttl_s=60)

    assert first.acquire()
    assert not second.acquire()
    assert RedisLock("job:2", ttl_s=60).acquire()


def test_release_lets_the_next_one_in():
    first, second = RedisLock("job:1", ttl_s=60), RedisLock("job:1", ttl_s=60)
    first.acquire()

    assert first.release()
    assert second.acquire()


def test_release_and_extend_never_touch_anothers_lock():
    first, second = RedisLock("job:1", ttl_s=60), RedisLock("job:1", ttl_s=60)
    first.acquire()
    get_redis().delete(key("job:1"))  # its time ran out
    second.acquire()

    assert not first.release()
    assert not first.extend(600)
    assert 0 < second.remaining_s() <= 60
    assert second.release()


def test_extend_starts_the_time_again():
    lock = RedisLock("job:1", ttl_s=5)
    lock.acquire()

    assert lock.extend(600)
    assert 500 < lock.remaining_s() <= 600


def test_hold_refuses_while_somebody_holds_it():
    second = hold("provider_sync_lock:17", ttl_s=600)
    with hold("provider_sync_lock:17", ttl_s=600), pytest.raises(LockHeld) as held:
        second.__enter__()

    assert held.value.name == "provider_sync_lock:17"
    assert 0 < held.value.retry_after_s <= 600


def test_hold_lets_go_after_an_error():
    with pytest.raises(ZeroDivisionError), hold("job:1", ttl_s=60):
        raise ZeroDivisionError

    with hold("job:1", ttl_s=60) as lock:
        assert lock.extend(60)


def test_of_many_at_once_one_gets_it():
    barrier = threading.Barrier(20)
    won = []

    def run():
        lock = RedisLock("job:1", ttl_s=60)
        barrier.wait()
        won.append(lock.acquire())

    threads = [threading.Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(won) == [False] * 19 + [True]
