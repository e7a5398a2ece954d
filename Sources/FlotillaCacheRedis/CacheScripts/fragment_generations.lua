-- Generations live for 40 days, longer than any value, and are prolonged at most once a day. Their bytes come from the caller: Lua's random
-- numbers are the same in every server.
local generation_life, generation_day = 3456000, 86400

-- The generations of now, for `count` keys from KEYS[first]; one that is missing is made of ARGV[random ...].
local function generations(first, count, random)
    if count == 0 then return {} end
    local found = redis.call('MGET', unpack(KEYS, first, first + count - 1))
    for index = 1, count do
        local key = KEYS[first + index - 1]
        if not found[index] or #found[index] ~= 8 then
            found[index] = ARGV[random + index - 1]
            redis.call('SET', key, found[index], 'EX', generation_life)
        elseif redis.call('TTL', key) < generation_life - generation_day then
            redis.call('EXPIRE', key, generation_life)
        end
    end
    return found
end
