// The least that a woken consumer can do that loses nothing when it is killed: the wait and the claim that Flotilla's worker sends, in one piece, and
// the time at which the message is there. No message is read, no handler runs, no heartbeat goes out.
//
//   claim SOCKET DB QUEUE REPORT-FILE SCRIPT-FILE REGISTER-FILE
#include "broker.h"
#include "record.h"

enum { BATCH = 100 };

int main(int count, char **words) {
    if (count != 7) fail("usage: claim SOCKET DB QUEUE REPORT-FILE SCRIPT-FILE REGISTER-FILE");
    redisContext *redis = connected(words[1], words[2]);
    enlist(redis, words[3], words[6]);
    char *digest = load(redis, words[5]);
    FILE *report = fopen(words[4], "wb");
    if (!report) fail(words[4]);
    struct claim held = {0, 0}, nothing = {0, 0};
    for (long next = 1;; next += BATCH) {
        // Acknowledges, waits and claims in one piece.
        int acknowledges = held.count > 0;
        if (acknowledges) append(redis, digest, held, next, 0, held.count);
        redisAppendCommand(redis, "BLMOVE %s %s RIGHT LEFT 10", keys[0], keys[3]);
        append(redis, digest, nothing, next, BATCH, 0);
        if (acknowledges) freeReplyObject(answer(redis));
        redisReply *landed;
        if (redisGetReply(redis, (void **)&landed) != REDIS_OK) fail(redis->errstr);
        freeReplyObject(landed);
        redisReply *reply = answer(redis), *messages = reply->element[2];
        long long arrived = instant();
        held = (struct claim){next, (long)messages->elements};
        for (size_t index = 0; index < messages->elements; index++)
            if (!record(report, messages->element[index]->str, arrived)) fail("a message that is not timed");
        freeReplyObject(reply);
    }
}
