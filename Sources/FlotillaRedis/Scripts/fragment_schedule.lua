-- Puts a message into the retry set, due in `delay` milliseconds. Needs `now`.
-- Equal bytes would become one member, and one of two messages would be lost: blanks after the message keep them apart. Messages with a
-- nonce in their retry_metadata never need it.
local function schedule(retries, ready, payload, delay)
    local score = string.format('%.3f', (now + delay) / 1000)
    for _ = 1, 64 do
        if redis.call('ZADD', retries, 'NX', score, payload) == 1 then return end
        payload = payload .. ' '
    end
    redis.call('LPUSH', ready, payload)
end
