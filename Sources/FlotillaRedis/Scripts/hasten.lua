-- hasten: make scheduled messages due now.
-- KEYS[1] retries  ZSET  payload -> due, seconds
-- ARGV[...] payloads, at most 100
-- Returns 1 or 0 for each: whether it was there.
-- Atomic: no message leaves the set; the next promotion moves them.
-- @include fragment_now
local found = {}
for index, payload in ipairs(ARGV) do
    local score = redis.call('ZSCORE', KEYS[1], payload)
    if score then redis.call('ZADD', KEYS[1], 'LT', string.format('%.3f', now / 1000), payload) end
    found[index] = score and 1 or 0
end
return found
