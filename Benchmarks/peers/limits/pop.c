// The least that a woken consumer can do: BLPOP on a connection of its own, and the time at which the message is there. No claim, no lease: a message
// that it had when it died would be lost.
//
//   pop SOCKET DB QUEUE REPORT-FILE
//
// Messages are those of Flotilla's driver. Writes 16 bytes a message, its number and its delay in nanoseconds.
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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
        struct timespec time;
        clock_gettime(CLOCK_MONOTONIC, &time);
        if (!reply || reply->type != REDIS_REPLY_ARRAY || reply->elements != 2) fail(reply ? reply->str : redis->errstr);
        const char *name = strstr(reply->element[1]->str, "\"filename\": \"");
        long long record[2], sent;
        if (!name || sscanf(name + strlen("\"filename\": \""), "%lld-%lld", &record[0], &sent) != 2) fail("a message that is not timed");
        record[1] = time.tv_sec * 1000000000LL + time.tv_nsec - sent;
        fwrite(record, sizeof record, 1, report);
        fflush(report);
        freeReplyObject(reply);
    }
}
