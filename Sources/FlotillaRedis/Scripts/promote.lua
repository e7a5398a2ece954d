-- promote: move due retries to the producing end of the queue, oldest first.
-- KEYS[1] retries  ZSET  payload -> due, seconds      KEYS[2] ready  LIST
-- ARGV[1] at most this many, up to 1,000
-- Returns {moved, ms until the next is due, 0 when one is due now and -1 when there is none}.
-- Atomic: a message is in retries or in ready, so any number of callers push each exactly once.
-- @include fragment_now
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.3f', now / 1000), 'LIMIT', 0, ARGV[1])
if #due > 0 then
    redis.call('LPUSH', KEYS[2], unpack(due))
    redis.call('ZREM', KEYS[1], unpack(due))
end
local next_one = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if not next_one[2] then return {#due, -1} end
-- A century at most: scores are anybody's, and may be infinite.
return {#due, math.ceil(math.max(0, math.min(next_one[2] * 1000 - now, 3153600000000)))}
