-- reclaim: take a dead worker's messages back to the consuming end, each a suspect from now on.
-- KEYS[1] ready    LIST          KEYS[2] inflight  HASH  of that worker    KEYS[3] workers      ZSET  worker -> deadline, ms
-- KEYS[4] landing  LIST          KEYS[5] repeats   ZSET                    KEYS[6] crashes      HASH  sha1 of payload -> crashes
-- KEYS[7] worker_info  HASH      KEYS[8] swept     ZSET  worker -> when its landing slot is looked at again, ms
-- KEYS[9] deaths   STRING  how many workers died while they held messages
-- ARGV[1] worker   ARGV[2] at most this many   ARGV[3] crash limit, 0 for none   ARGV[4] grace of the landing slot, ms
-- Returns {moved, candidates, more, forgotten}: candidates is a flat list of sequence, crashes and payload of the messages that reached the
-- limit. They stay in the hash until `quarantine` takes them: whoever dies in between, the next call finds them.
-- Atomic: a message is in ready or with the dead worker. Nothing is taken from a worker whose lease runs.
-- @include fragment_now
-- @include fragment_sweep
local deadline = redis.call('ZSCORE', KEYS[3], ARGV[1])
if deadline then
    if tonumber(deadline) > now then return {0, {}, 0, 0} end
    -- From here on the worker's heartbeats, claims and settlements are refused.
    redis.call('ZADD', KEYS[3], 0, ARGV[1])
    if tonumber(deadline) > 0 and redis.call('EXISTS', KEYS[2]) == 1 then redis.call('INCR', KEYS[9]) end
elseif not redis.call('ZSCORE', KEYS[8], ARGV[1]) then
    return {0, {}, 0, 0}
end
local deaths = tonumber(redis.call('GET', KEYS[9]) or 0)
local moved, candidates, more = sweep(ARGV[1], KEYS[1], KEYS[2], KEYS[4], KEYS[6], tonumber(ARGV[2]), tonumber(ARGV[3]), deaths)
if more or #candidates > 0 then return {moved, candidates, more and 1 or 0, 0} end
if deadline or moved > 0 then
    forget(ARGV[1], KEYS[2], KEYS[3], KEYS[7], KEYS[5], KEYS[8], tonumber(ARGV[4]))
else
    redis.call('ZREM', KEYS[8], ARGV[1])
end
return {moved, {}, 0, deadline and 1 or 0}
