-- delete: remove values, void their leases, and tell everybody, whether or not they were here: somebody may have them in memory.
-- KEYS[1] accounts  ZSET   then for each of a accounts its order, sizes and walk   then for each value its item and its lease  STRING
-- ARGV[1] channel   ARGV[2] message   ARGV[3] a   then for each value its member in the accounts, and in which (2 bytes each, from 1)
-- Returns how many were there.
-- Allowed when memory is full: what removes comes first.
-- @include fragment_account
local a = tonumber(ARGV[3])
local first = 2 + 3 * a
local count = 0
for key = first, #KEYS, 2 do
    count = count + redis.call('UNLINK', KEYS[key])
    redis.call('DEL', KEYS[key + 1])
end
redis.call('PUBLISH', ARGV[1], ARGV[2])
for index = 0, (#KEYS - first - 1) / 2 do
    local member, numbers = ARGV[4 + 2 * index], ARGV[5 + 2 * index]
    for place = 1, #numbers, 2 do
        local high, low = string.byte(numbers, place, place + 1)
        discharge(account_at(2 + 3 * (high * 256 + low - 1)), member)
    end
end
return count
