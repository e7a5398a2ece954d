-- extend: one heartbeat of a worker.
-- KEYS[1] workers  ZSET  worker -> deadline, ms; 0 while its messages are being taken back
-- ARGV[1] worker   ARGV[2] lease, ms
-- Returns 1, or 0 when the lease is lost.
-- Atomic: a lease that somebody began to sweep is never revived. One that has merely run out is: nothing was taken yet.
-- @include fragment_now
local deadline = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not deadline or tonumber(deadline) <= 0 then return 0 end
redis.call('ZADD', KEYS[1], 'XX', now + ARGV[2], ARGV[1])
return 1
