-- trial: count a crash for a suspect before it is run.
-- KEYS[1] workers  ZSET  worker -> deadline, ms    KEYS[2] inflight  HASH  of the worker    KEYS[3] crashes  HASH  sha1 of payload -> crashes
-- ARGV[1] worker   ARGV[2] sequence
-- Returns 1, or 0 when the delivery is not the worker's any more: nothing was written then.
-- Repeating it changes nothing.
-- Atomic: the count stands before the run begins, whatever dies in it.
local deadline = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not deadline or tonumber(deadline) <= 0 then return 0 end
local payload = redis.call('HGET', KEYS[2], ARGV[2])
if not payload then return 0 end
local digest = redis.sha1hex(payload)
-- Once a delivery: the call is repeated when its answer was lost.
local trial = ARGV[1] .. ':' .. ARGV[2]
if redis.call('HGET', KEYS[3], digest .. ':trial') ~= trial then
    redis.call('HINCRBY', KEYS[3], digest, 1)
    redis.call('HSET', KEYS[3], digest .. ':trial', trial)
end
redis.call('EXPIRE', KEYS[3], 86400)
return 1
