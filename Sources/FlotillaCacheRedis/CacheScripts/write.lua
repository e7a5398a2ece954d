-- write: store values with the generations of now, void their leases, and tell everybody.
-- KEYS[1] accounts  ZSET   then g generations  STRING   then for each of a accounts its order, sizes and walk
-- then for each of w values its item  STRING  and its lease  STRING
-- ARGV[1] channel   ARGV[2] g   ARGV[3] a   ARGV[4] w   then 8 random bytes for each generation, used where one is missing
-- then the quota of each account, bytes
-- then for each value 7: its bytes, its lifetime in ms, its version in 8 bytes, which generations (2 bytes each, from 1), which account
-- (from 1, 0 for none), its member there, and what to tell
-- Returns {stored, victims}: 1 or 0 for each value, and for each account the members that must go, each with its place in the order.
-- Atomic: all values of one call are there at once, with their message.
-- @include fragment_generations
-- @include fragment_entry
-- @include fragment_account
-- @include fragment_keep
local g, a, w = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local now = generations(2, g, 5)
local victims = {}
for index = 1, a do victims[index] = {} end
local stored, message = {}, {}
for index = 1, w do
    local argument = 4 + g + a + 7 * (index - 1)
    local item = KEYS[1 + g + 3 * a + 2 * index - 1]
    local wanted, mine = ARGV[argument + 4], {}
    for place = 1, #wanted / 2 do
        local high, low = string.byte(wanted, 2 * place - 1, 2 * place)
        mine[place] = now[high * 256 + low]
    end
    local joined = table.concat(mine)
    if outranked(item, ARGV[argument + 3], joined, false) then
        stored[index] = 0
    else
        local number = tonumber(ARGV[argument + 5])
        local gone = keep(
            item, ARGV[argument + 3], joined, ARGV[argument + 1], ARGV[argument + 2],
            number > 0 and account_at(2 + g + 3 * (number - 1)), ARGV[argument + 6], number > 0 and tonumber(ARGV[4 + g + number]))
        -- The last write to an account sees all that is too much.
        if number > 0 then victims[number] = gone end
        stored[index] = 1
        message[#message + 1] = ARGV[argument + 7]
    end
end
for index = 1, w do redis.call('DEL', KEYS[1 + g + 3 * a + 2 * index]) end
if #message > 0 then redis.call('PUBLISH', ARGV[1], table.concat(message)) end
return {stored, victims}
