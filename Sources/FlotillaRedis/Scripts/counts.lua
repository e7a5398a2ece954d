-- counts: how many messages are where, at one moment.
-- KEYS[1] ready  LIST    KEYS[2] retries  ZSET    KEYS[3] dead  LIST    KEYS[4] paused  STRING
-- KEYS[5] workers  ZSET  KEYS[6] swept  ZSET      KEYS[7...] inflight HASH and landing LIST of each of their members
-- Returns {ready, leased, scheduled, dead, ms the most overdue has been due, paused, members}: when members is not how many workers
-- were given, somebody came or went in between. Writes nothing.
-- @include fragment_now
local leased = 0
for index = 7, #KEYS, 2 do leased = leased + redis.call('HLEN', KEYS[index]) + redis.call('LLEN', KEYS[index + 1]) end
local oldest = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
local overdue = oldest[2] and math.max(0, math.min(now - oldest[2] * 1000, now)) or 0
return {redis.call('LLEN', KEYS[1]), leased, redis.call('ZCARD', KEYS[2]), redis.call('LLEN', KEYS[3]), math.floor(overdue),
    redis.call('EXISTS', KEYS[4]), redis.call('ZCARD', KEYS[5]) + redis.call('ZCARD', KEYS[6])}
