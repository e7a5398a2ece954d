-- retire: end a worker's registration; what it holds goes back to the consuming end, untried.
-- KEYS[1] ready    LIST          KEYS[2] inflight  HASH  of this worker    KEYS[3] workers      ZSET  worker -> deadline, ms
-- KEYS[4] landing  LIST          KEYS[5] repeats   ZSET                    KEYS[6] crashes      HASH
-- KEYS[7] worker_info  HASH      KEYS[8] swept     ZSET  worker -> when its landing slot is looked at again, ms
-- ARGV[1] worker   ARGV[2] at most this many   ARGV[3] grace of the landing slot, ms
-- Returns {moved, more}: 1 when the call must be repeated.
-- Atomic: a message is in ready or with the worker. From the first call on the worker's own claims and settlements are refused.
-- A worker whose lease runs has survived what it was trying: that trial is not counted. One whose lease is over may have died of it.
-- @include fragment_now
-- @include fragment_sweep
local deadline = redis.call('ZSCORE', KEYS[3], ARGV[1])
if deadline and tonumber(deadline) > now and redis.call('EXISTS', KEYS[6]) == 1 then
    local held = redis.call('HGETALL', KEYS[2])
    for index = 1, #held, 2 do
        local digest = redis.sha1hex(held[index + 1])
        if redis.call('HGET', KEYS[6], digest .. ':trial') == ARGV[1] .. ':' .. held[index] then
            redis.call('HDEL', KEYS[6], digest .. ':trial')
            if redis.call('HINCRBY', KEYS[6], digest, -1) <= 0 then redis.call('HDEL', KEYS[6], digest, digest .. ':since') end
        end
    end
end
redis.call('ZADD', KEYS[3], 'XX', 0, ARGV[1])
local moved, _, more = sweep(ARGV[1], KEYS[1], KEYS[2], KEYS[4], KEYS[6], tonumber(ARGV[2]), -1, 0)
if not more then forget(ARGV[1], KEYS[2], KEYS[3], KEYS[7], KEYS[5], KEYS[8], tonumber(ARGV[3])) end
return {moved, more and 1 or 0}
