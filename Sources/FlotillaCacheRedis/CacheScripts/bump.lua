-- bump: end all values that depend on some generations, and tell everybody.
-- KEYS generations  STRING  8 bytes each
-- ARGV[1] channel   ARGV[2] message   ARGV[3 ...] 8 random bytes for each
-- Returns nothing.
-- DEL comes first because it is allowed when memory is full: a generation that is missing ends its values too, and the SET that follows a
-- removal is let through.
-- @include fragment_generations
for index, key in ipairs(KEYS) do
    redis.call('DEL', key)
    redis.call('SET', key, ARGV[2 + index], 'EX', generation_life)
end
redis.call('PUBLISH', ARGV[1], ARGV[2])
return false
