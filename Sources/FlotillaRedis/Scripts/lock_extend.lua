-- lock_extend: keep a lock that is still ours.
-- KEYS[1] lock  STRING  the holder's token
-- ARGV[1] token   ARGV[2] lease, ms
-- Returns 1, or 0 when it is not ours any more: nothing was written then.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
