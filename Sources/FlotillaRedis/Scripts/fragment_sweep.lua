-- Takes up to `limit` messages of a worker whose lease is over back to the consuming end of the queue, oldest nearest to that end.
-- With `crash_limit` >= 0 each delivery becomes a suspect with a count of at least 1; one whose count reached a limit above 0 stays where it
-- is and is returned. What lies in the landing slot was never claimed and is no suspect.
-- Three deaths prove little while workers die right and left: if more than four times as many died since the message's first crash as died
-- trying it, it is tried on, up to twice the limit. `deaths` is how many ever died. A trial of another delivery is not counted here: an equal
-- message is being tried by somebody who lives, or was judged when that one was swept.
-- Returns how many were moved, the candidates for quarantine as {sequence, crashes, payload, ...}, and whether more is left.
local function sweep(worker, ready, inflight, landing, crashes, limit, crash_limit, deaths)
    local moved, candidates = 0, {}
    while moved < limit and redis.call('LMOVE', landing, ready, 'LEFT', 'RIGHT') do moved = moved + 1 end
    if moved == limit then return moved, candidates, true end

    local fields = redis.call('HKEYS', inflight)
    table.sort(fields, function(a, b) return tonumber(a) > tonumber(b) end)
    local taken = math.min(#fields, limit - moved)
    for index = 1, taken do
        local field = fields[index]
        local payload = redis.call('HGET', inflight, field)
        local count = 0
        if crash_limit >= 0 then
            local digest = redis.sha1hex(payload)
            redis.call('HSETNX', crashes, digest, 1)
            redis.call('HSETNX', crashes, digest .. ':since', deaths)
            count = tonumber(redis.call('HGET', crashes, digest))
            local trial = redis.call('HGET', crashes, digest .. ':trial')
            if trial and trial ~= worker .. ':' .. field then count = count - 1 end
            local since = deaths - redis.call('HGET', crashes, digest .. ':since')
            if count < 2 * crash_limit and since > 4 * (count - 1) then count = 0 end
        end
        if crash_limit > 0 and count >= crash_limit then
            candidates[#candidates + 1] = field
            candidates[#candidates + 1] = count
            candidates[#candidates + 1] = payload
        else
            redis.call('RPUSH', ready, payload)
            redis.call('HDEL', inflight, field)
            moved = moved + 1
        end
    end
    -- Messages that were lost or removed by other means must not be remembered for ever.
    if crash_limit >= 0 and taken > 0 then redis.call('EXPIRE', crashes, 86400) end
    return moved, candidates, taken < #fields
end

-- Ends a registration whose hash is empty. The landing slot is looked at once more after `grace` milliseconds: a blocking pop that the
-- server had not given up yet may still fill it.
local function forget(worker, inflight, workers, infos, repeats, swept, grace)
    if redis.call('EXISTS', inflight) == 1 then return false end
    redis.call('ZREM', workers, worker)
    redis.call('HDEL', infos, worker)
    redis.call('DEL', repeats)
    redis.call('ZADD', swept, now + grace, worker)
    return true
end
