-- requeue: move a dead letter back to the producing end of the queue.
-- KEYS[1] dead  LIST      KEYS[2] ready  LIST      KEYS[3] metadata  HASH
-- ARGV[1] its exact bytes   ARGV[2] what the queue gets   ARGV[3] its dead-letter id, '' when unknown
-- Returns 1, or 0 when it was not there: nothing was written then.
-- Atomic: the message is in dead or in ready, so of any number of callers one moves it.
-- @include fragment_unbury
if unbury(KEYS[1], KEYS[3], ARGV[1], ARGV[3], 'requeued') == 0 then return 0 end
redis.call('LPUSH', KEYS[2], ARGV[2])
return 1
