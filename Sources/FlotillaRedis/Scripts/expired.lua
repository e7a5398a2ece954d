-- expired: whose lease is over?
-- KEYS[1] workers  ZSET  worker -> deadline, ms    KEYS[2] swept  ZSET  worker -> when its landing slot is looked at again, ms
-- ARGV[1] at most this many
-- Returns {dead workers, swept workers to look at, ms until the next lease ends or -1}. Writes nothing.
-- @include fragment_now
local dead = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
local swept = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, ARGV[1])
local next_one = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', now), '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
return {dead, swept, next_one[2] and math.ceil(next_one[2] - now) or -1}
