-- bump: end all values that depend on some generations, and tell everybody.
-- KEYS generations  STRING  8 bytes each
-- ARGV[1] channel   ARGV[2] message   ARGV[3] 1: softly   ARGV[4 ...] 8 random bytes for each
-- Returns nothing.
-- A soft end keeps the first 4 bytes, which say which generation it is, and draws the rest; one that is missing has nothing to end and stays so.
-- DEL comes first because it is allowed when memory is full: a generation that is missing ends its values too, and the SET that follows a
-- removal is let through.
-- @include fragment_generations
for index, key in ipairs(KEYS) do
    local drawn = ARGV[3 + index]
    if ARGV[3] == '1' then
        local old = redis.call('GET', key)
        drawn = old and #old == 8 and string.sub(old, 1, 4) .. string.sub(drawn, 5)
    end
    if drawn then
        redis.call('DEL', key)
        redis.call('SET', key, drawn, 'EX', generation_life)
    end
end
redis.call('PUBLISH', ARGV[1], ARGV[2])
return false
