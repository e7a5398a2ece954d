-- increment: add to a counter, whose time begins with it.
-- KEYS[1] counter  STRING
-- ARGV[1] amount   ARGV[2] lifetime, ms
-- Returns the count, as text: Lua's numbers are exact to 2^53 only.
-- Atomic: no counter is ever without its end.
redis.call('INCRBY', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return redis.call('GET', KEYS[1])
