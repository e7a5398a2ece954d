-- recount: compare one page of an account, oldest first, with what is there.
-- KEYS[1] accounts  ZSET  KEYS[2] [3] [4] order, sizes and walk of the account   then the items of the page  STRING
-- ARGV[1] where the page begins in the order, exclusive; 0 begins a new walk   ARGV[2] where it ends, inclusive
-- ARGV[3] 1 when the caller saw nothing behind it, else 0   ARGV[4] at most so many are added unseen   ARGV[5 ...] the members of the page
-- Returns {where the next page begins, 0 at the end; examined; gone; by how much the sum was wrong, at the end}.
-- The walk keeps the sum of what it has passed. Who removes or moves a member behind its cursor subtracts it there, and what is written
-- comes after the cursor: so at the end the sum is exact, however many wrote meanwhile.
-- @include fragment_account
local account = account_at(2)
if ARGV[1] == '0' then
    redis.call('DEL', account.walk)
    -- One of the two sets was evicted by a server that may evict anything: what is in one alone cannot be counted.
    if redis.call('ZCARD', account.order) ~= redis.call('ZCARD', account.sizes) then
        redis.call('ZINTERSTORE', account.order, 2, account.order, account.sizes, 'WEIGHTS', 1, 0)
        redis.call('ZINTERSTORE', account.sizes, 2, account.order, account.sizes, 'WEIGHTS', 0, 1)
    end
elseif redis.call('HGET', account.walk, 'cursor') ~= ARGV[1] then
    -- Somebody has begun another walk.
    return {'0', 0, 0, 0}
end
local sum, corrected, examined, gone = 0, 0, 0, 0
local upto = tonumber(ARGV[2])
for index = 5, #KEYS do
    local member = ARGV[index]
    local order = redis.call('ZSCORE', account.order, member)
    if order and tonumber(order) <= upto then
        examined = examined + 1
        local score = redis.call('ZSCORE', account.sizes, member)
        local bytes = size_in(score or 0)
        local length = redis.pcall('STRLEN', KEYS[index])
        if type(length) ~= 'number' or length == 0 then
            gone = gone + 1
            redis.call('ZREM', account.order, member)
            redis.call('ZREM', account.sizes, member)
            corrected = corrected + bytes
        else
            local size = charge_of(length, KEYS[index])
            sum = sum + size
            corrected = corrected + bytes - size
            if size ~= bytes then redis.call('ZADD', account.sizes, packed(size, finish_in(score or 0)), member) end
        end
    end
end
add(account, -corrected)
sum = redis.call('HINCRBY', account.walk, 'sum', sum)
corrected = redis.call('HINCRBY', account.walk, 'corrected', corrected)
local rest = redis.call('ZRANGEBYSCORE', account.order, '(' .. ARGV[2], '+inf', 'LIMIT', 0, tonumber(ARGV[4]) + 1)
if ARGV[3] == '0' or #rest > tonumber(ARGV[4]) then
    redis.call('HSET', account.walk, 'cursor', ARGV[2])
    redis.call('EXPIRE', account.walk, 3600)
    return {ARGV[2], examined, gone, 0}
end
for _, member in ipairs(rest) do sum = sum + size_in(redis.call('ZSCORE', account.sizes, member) or 0) end
redis.call('DEL', account.walk)
local total = tonumber(redis.call('ZSCORE', account.accounts, account.order) or 0)
if redis.call('EXISTS', account.order) == 0 then
    redis.call('ZREM', account.accounts, account.order)
    return {'0', examined, gone, corrected + total}
end
redis.call('ZADD', account.accounts, string.format('%.0f', sum), account.order)
return {'0', examined, gone, corrected + total - sum}
