-- retire: end a worker's registration; what it holds goes back to the consuming end, untried.
-- KEYS[1] ready    LIST          KEYS[2] inflight  HASH  of this worker    KEYS[3] workers      ZSET  worker -> deadline, ms
-- KEYS[4] landing  LIST          KEYS[5] repeats   ZSET                    KEYS[6] crashes      HASH
-- KEYS[7] worker_info  HASH      KEYS[8] swept     ZSET  worker -> when its landing slot is looked at again, ms
-- ARGV[1] worker   ARGV[2] at most this many   ARGV[3] grace of the landing slot, ms
-- Returns {moved, more}: 1 when the call must be repeated.
-- Atomic: a message is in ready or with the worker. From the first call on the worker's own claims and settlements are refused.
-- @include fragment_now
-- @include fragment_sweep
redis.call('ZADD', KEYS[3], 'XX', 0, ARGV[1])
local moved, _, more = sweep(KEYS[1], KEYS[2], KEYS[4], KEYS[6], tonumber(ARGV[2]), -1, 0)
if not more then forget(ARGV[1], KEYS[2], KEYS[3], KEYS[7], KEYS[5], KEYS[8], tonumber(ARGV[3])) end
return {moved, more and 1 or 0}
