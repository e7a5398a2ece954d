-- delay: add a message that becomes ready later.
-- KEYS[1] retries  ZSET  payload -> due, seconds      KEYS[2] ready  LIST
-- ARGV[1] payload   ARGV[2] delay, ms
-- Returns 1.
-- Atomic: an equal message that waits already is left alone.
-- @include fragment_now
-- @include fragment_schedule
schedule(KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2]))
return 1
