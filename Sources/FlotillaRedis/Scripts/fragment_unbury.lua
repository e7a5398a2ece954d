-- Removes a message from the dead-letter queue and notes in its metadata what became of it, if they are still about this death.
-- Sweeps by age and replays in order find theirs at an end of the list; only those in the middle are searched for.
local function unbury(dead, metadata, payload, letter, state)
    local direction = redis.call('LINDEX', dead, -1) == payload and -1 or 1
    if redis.call('LREM', dead, direction, payload) == 0 then return 0 end
    if letter ~= '' and redis.call('HGET', metadata, 'dead_letter_id') == letter then
        redis.call('HSET', metadata, 'state', state)
        if state == 'requeued' then redis.call('HINCRBY', metadata, 'requeue_count', 1) end
    end
    return 1
end
