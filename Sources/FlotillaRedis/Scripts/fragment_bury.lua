-- Puts a message at the head of the dead-letter queue and writes its metadata.
-- `position` is where in ARGV the time of the failure stands, followed by `pairs_count` names and values.
local function bury(dead, metadata, payload, position, pairs_count, retention)
    redis.call('LPUSH', dead, payload)
    redis.call('HSETNX', metadata, 'first_failure_time', ARGV[position])
    redis.call('HINCRBY', metadata, 'failure_count', 1)
    redis.call('HSET', metadata, 'last_failure_time', ARGV[position], 'state', 'dead',
        unpack(ARGV, position + 1, position + 2 * pairs_count))
    if retention > 0 then redis.call('EXPIRE', metadata, retention) else redis.call('PERSIST', metadata) end
end
