-- An account is what one tenant uses of one quota. `name` and `order` are one key.
--   order     ZSET  member -> when it was written, us; no two alike          sizes  ZSET  member -> its end and its bytes in one number
--   accounts  ZSET  name -> bytes, of all accounts                           walk   HASH  while a recount runs: cursor, sum, corrected
-- A member stands for one item. The number holds the second in which the item has ended, from 1.6e9, above 23 bits of size in units of
-- 32 bytes: so one set gives sizes, ends, and who has ended, for half the memory of a hash beside it.
local unit, span, epoch = 32, 8388608, 1600000000
-- What Redis keeps for an item beside its bytes and its key: about 150 bytes for the key's entry and its end, and 320 to 400 for its place in
-- the account's two sets. Measured on 7.0; a test compares it with what a server uses.
local overhead = 464

local function account_at(key)
    return {accounts = KEYS[1], order = KEYS[key], sizes = KEYS[key + 1], walk = KEYS[key + 2]}
end

local function second() return tonumber(redis.call('TIME')[1]) end

-- What an item counts.
local function charge_of(length, item)
    return math.min(math.ceil((length + #item + overhead) / unit), span - 1) * unit
end

local function packed(bytes, finish) return string.format('%.0f', math.max(0, finish - epoch) * span + bytes / unit) end
local function size_in(score) return (tonumber(score) % span) * unit end
local function finish_in(score) return math.floor(tonumber(score) / span) + epoch end

-- Adds to the account's sum; an account without members has none.
local function add(account, bytes)
    if redis.call('EXISTS', account.order) == 0 then
        redis.call('ZREM', account.accounts, account.order)
    elseif bytes ~= 0 then
        redis.call('ZINCRBY', account.accounts, bytes, account.order)
    end
end

-- Takes a member out; gives its bytes, which are still to be subtracted. ZREM comes first: it is allowed when memory is full.
local function take_out(account, member)
    local score = redis.call('ZSCORE', account.sizes, member)
    local order = redis.call('ZSCORE', account.order, member)
    if order then redis.call('ZREM', account.order, member) end
    if not score then return 0 end
    redis.call('ZREM', account.sizes, member)
    -- What a recount has passed is in its sum.
    local cursor = redis.call('HGET', account.walk, 'cursor')
    if cursor and order and tonumber(order) <= tonumber(cursor) then
        redis.call('HINCRBY', account.walk, 'sum', -size_in(score))
    end
    return size_in(score)
end

local function discharge(account, member)
    local bytes = take_out(account, member)
    if bytes > 0 then add(account, -bytes) end
end

-- Puts a member in, as the newest. The server's clock may go back; the order does not.
local function charge(account, member, bytes, milliseconds)
    local before = take_out(account, member)
    local time = redis.call('TIME')
    local now = time[1] * 1000000 + time[2]
    local last = redis.call('ZREVRANGE', account.order, 0, 0, 'WITHSCORES')[2]
    if last then now = math.max(now, tonumber(last) + 1) end
    local finish = math.floor((time[1] * 1000 + time[2] / 1000 + milliseconds) / 1000) + 1
    redis.call('ZADD', account.order, string.format('%.0f', now), member)
    redis.call('ZADD', account.sizes, packed(bytes, finish), member)
    add(account, bytes - before)
end

-- Takes out members that have ended, at most `limit`.
local function sweep(account, limit)
    local ended = redis.call(
        'ZRANGEBYSCORE', account.sizes, '-inf', '(' .. packed(0, second() + 1), 'LIMIT', 0, limit)
    local bytes = 0
    for _, member in ipairs(ended) do bytes = bytes + take_out(account, member) end
    if #ended > 0 then add(account, -bytes) end
    return #ended
end

-- The oldest members that must go for the account to fit, at most `limit`, each with its place in the order.
local function over(account, quota, limit)
    local excess = tonumber(redis.call('ZSCORE', account.accounts, account.order) or 0) - quota
    if excess <= 0 then return {} end
    local oldest = redis.call('ZRANGE', account.order, 0, limit - 1, 'WITHSCORES')
    local victims = {}
    for index = 1, #oldest, 2 do
        if excess <= 0 then break end
        victims[#victims + 1] = oldest[index]
        victims[#victims + 1] = oldest[index + 1]
        excess = excess - size_in(redis.call('ZSCORE', account.sizes, oldest[index]) or 0)
    end
    return victims
end
