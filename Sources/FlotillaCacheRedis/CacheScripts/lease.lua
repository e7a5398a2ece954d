-- lease: take the right to make a value, unless somebody has it, and learn the generations of now.
-- KEYS[1] lease  STRING  the holder's token      KEYS[2 ...] generations  STRING  8 bytes each
-- ARGV[1] token, 8 bytes   ARGV[2] for how long, ms   ARGV[3 ...] 8 random bytes for each generation, used where one is missing
-- Returns {1 when granted, else 0; the generations, joined}.
-- Atomic: a value made under the lease depends on generations that were there when it was granted.
-- @include fragment_generations
local granted = redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
return {granted and 1 or 0, table.concat(generations(2, #KEYS - 1, 3))}
