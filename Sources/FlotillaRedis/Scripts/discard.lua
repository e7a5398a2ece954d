-- discard: remove a dead letter for good.
-- KEYS[1] dead  LIST      KEYS[2] metadata  HASH
-- ARGV[1] its exact bytes   ARGV[2] its dead-letter id, '' when unknown
-- Returns 1, or 0 when it was not there.
-- @include fragment_unbury
return unbury(KEYS[1], KEYS[2], ARGV[1], ARGV[2], 'discarded')
