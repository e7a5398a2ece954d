-- register: start a worker's lease.
-- KEYS[1] workers  ZSET  worker -> deadline, ms          KEYS[2] worker_info  HASH  worker -> JSON
-- ARGV[1] worker   ARGV[2] lease, ms   ARGV[3] JSON about the worker
-- Returns 1.
-- Atomic: a worker with a deadline has its information beside it. A second call starts the same lease anew.
-- @include fragment_now
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
return 1
