-- evict: remove a tenant's oldest values, which a write found to be too many.
-- KEYS[1] accounts  ZSET  KEYS[2] [3] [4] order, sizes and walk of the account   then the items  STRING
-- ARGV for each item: its member, and its place in the order when it was found
-- Returns how many went.
-- One that was written or removed since then is left alone. Nobody is told: the values are as right as before.
-- @include fragment_account
local account = account_at(2)
local count, bytes = 0, 0
for index = 5, #KEYS do
    local member, place = ARGV[2 * (index - 4) - 1], ARGV[2 * (index - 4)]
    local order = redis.call('ZSCORE', account.order, member)
    if order and tonumber(order) == tonumber(place) then
        redis.call('UNLINK', KEYS[index])
        bytes = bytes + take_out(account, member)
        count = count + 1
    end
end
if count > 0 then add(account, -bytes) end
return count
