// The least that a woken consumer can do: BLPOP on a connection of its own, and the time at which the message is there. No claim, no lease: a message
// that it had when it died would be lost.
//
//   pop SOCKET DB QUEUE REPORT-FILE
#include "record.h"
#include <hiredis/hiredis.h>
#include <stdlib.h>

static void fail(const char *what) {
    fprintf(stderr, "pop: %s\n", what);
    exit(1);
}

int main(int count, char **words) {
    if (count != 5) fail("usage: pop SOCKET DB QUEUE REPORT-FILE");
    redisContext *redis = redisConnectUnix(words[1]);
    if (!redis || redis->err) fail(redis ? redis->errstr : "no memory");
    freeReplyObject(redisCommand(redis, "SELECT %s", words[2]));
    FILE *report = fopen(words[4], "wb");
    if (!report) fail(words[4]);
    for (;;) {
        redisReply *reply = redisCommand(redis, "BLPOP %s 0", words[3]);
        long long arrived = instant();
        if (!reply || reply->type != REDIS_REPLY_ARRAY || reply->elements != 2) fail(reply ? reply->str : redis->errstr);
        if (!record(report, reply->element[1]->str, arrived)) fail("a message that is not timed");
        freeReplyObject(reply);
    }
}
