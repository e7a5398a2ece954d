-- Stores an entry and counts it, in this order: a server whose memory is full refuses the first command of a script that needs more, and
-- lets through what follows a command that has written. What is larger than the quota by itself is not kept and makes nobody else go; the old
-- value goes, which is not the value any more.
-- Returns the members that must go for it.
local function keep(item, version, generations, bytes, milliseconds, account, member, quota)
    if not account then
        store(item, version, generations, bytes, milliseconds)
        return {}
    end
    local size = charge_of(9 + #generations + #bytes, item)
    if size > quota then
        redis.call('UNLINK', item)
        discharge(account, member)
        return over(account, quota, 64)
    end
    store(item, version, generations, bytes, milliseconds)
    charge(account, member, size, milliseconds)
    sweep(account, 64)
    return over(account, quota, 64)
end
