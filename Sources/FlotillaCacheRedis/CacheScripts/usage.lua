-- usage: what an account holds.
-- KEYS[1] accounts  ZSET  KEYS[2] [3] [4] order, sizes and walk of the account
-- Returns {bytes, entries}, without those that have ended, of which up to 1,000 are taken out.
-- @include fragment_account
local account = account_at(2)
sweep(account, 1000)
return {tonumber(redis.call('ZSCORE', account.accounts, account.order) or 0), redis.call('ZCARD', account.order)}
