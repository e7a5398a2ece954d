// The least that a client can do with Flotilla's claim-and-settle script: no reading of messages, no handlers, no leases of its own.
//
//   exchange SOCKET DB QUEUE JOBS BATCH SCRIPT-FILE REGISTER-FILE
//
// Registers as a worker, then keeps two exchanges on their way; each acknowledges what the one before the last brought and claims BATCH more.
// Prints jobs a second, and the CPU time of this process in microseconds a job.
#include "broker.h"
#include <sys/resource.h>
#include <time.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    if (argc != 8) fail("exchange wants SOCKET DB QUEUE JOBS BATCH SCRIPT REGISTER");
    long jobs = atol(argv[4]), batch = atol(argv[5]);
    if (batch < 1 || batch > MOST) fail("BATCH is from 1 to 1000");
    redisContext *redis = connected(argv[1], argv[2]);
    enlist(redis, argv[3], argv[7]);
    char *digest = load(redis, argv[6]);

    struct claim asked[2] = {{0, 0}, {0, 0}}, nothing = {0, 0};
    long next = 1, settled = 0;
    double begin = now();
    for (int slot = 0; slot < 2; slot++) {
        append(redis, digest, nothing, next, batch, slot * batch);
        asked[slot] = (struct claim){next, 0};
        next += batch;
    }
    for (int slot = 0;; slot = 1 - slot) {
        redisReply *reply = answer(redis);
        struct claim got = {asked[slot].first, (long)reply->element[2]->elements};
        freeReplyObject(reply);
        if (settled >= jobs) break;
        settled += got.count;
        // The other exchange, on its way, brings a whole batch as well, but at the end.
        append(redis, digest, got, next, batch, got.count + batch);
        asked[slot] = (struct claim){next, 0};
        next += batch;
    }
    double seconds = now() - begin;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    printf("%.0f %.3f\n", jobs / seconds, cpu * 1e6 / jobs);
    redisFree(redis);
    return 0;
}
