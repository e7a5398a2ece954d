-- fill: store a value that was made under a lease, and give the lease back.
-- KEYS[1] accounts  KEYS[2] item  STRING  KEYS[3] lease  STRING  KEYS[4] [5] [6] order, sizes and walk of an account, when it is counted
-- then the generations, STRING
-- ARGV[1] token, 8 bytes   ARGV[2] bytes   ARGV[3] lifetime, ms   ARGV[4] version, 8 bytes   ARGV[5] the generations that were given with
-- the lease, joined   ARGV[6] quota in bytes, empty when it is not counted   ARGV[7] the item's member in the account
-- Returns {0} when the value was voided, else {1, members that must go, each with its place in the order}.
-- Atomic: between the lease and this nobody has ended the value, deleted or written it: each of them changes a generation or removes the
-- lease. Nothing is published: no process holds a value that this makes wrong. What it may hold is older and has not ended, or it would
-- have been told; it is as right as its own time to live lets it be.
-- @include fragment_generations
-- @include fragment_entry
-- @include fragment_account
-- @include fragment_keep
if redis.call('GET', KEYS[3]) ~= ARGV[1] then return {0} end
local counted = ARGV[6] ~= ''
local first = counted and 7 or 4
-- One that is missing makes the joined ones shorter: a value that depends on it is void.
local now = {}
if first <= #KEYS then
    for index, generation in ipairs(redis.call('MGET', unpack(KEYS, first))) do now[index] = generation or '' end
end
if table.concat(now) ~= ARGV[5] or outranked(KEYS[2], ARGV[4], ARGV[5], true) then
    redis.call('DEL', KEYS[3])
    return {0}
end
local victims = keep(
    KEYS[2], ARGV[4], ARGV[5], ARGV[2], ARGV[3], counted and account_at(4), ARGV[7], tonumber(ARGV[6]))
redis.call('DEL', KEYS[3])
-- All are there: this only prolongs them.
generations(first, #KEYS - first + 1, #ARGV + 1)
return {1, victims}
