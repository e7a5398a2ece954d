-- lock_release: give a lock back that is still ours.
-- KEYS[1] lock  STRING  the holder's token
-- ARGV[1] token
-- Returns 1, or 0 when it was not ours any more: nothing was written then.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
