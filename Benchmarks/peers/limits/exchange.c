// The least that a client can do with Flotilla's claim-and-settle script: no reading of messages, no handlers, no leases of its own.
//
//   exchange SOCKET DB QUEUE JOBS BATCH SCRIPT-FILE REGISTER-FILE
//
// Registers as a worker, then keeps two exchanges on their way; each acknowledges what the one before the last brought and claims BATCH more.
// Prints jobs a second, and the CPU time of this process in microseconds a job.
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { MOST = 1000, KEYS = 9, FIXED = 3 + KEYS + 12 };

static void fail(const char *what) {
    fprintf(stderr, "exchange: %s\n", what);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static char *load(redisContext *redis, const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) fail(path);
    static char text[1 << 16];
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = 0;
    redisReply *reply = redisCommand(redis, "SCRIPT LOAD %b", text, size);
    if (!reply || reply->type != REDIS_REPLY_STRING) fail(reply ? reply->str : redis->errstr);
    char *digest = strdup(reply->str);
    freeReplyObject(reply);
    return digest;
}

struct claim {
    long first, count;
};

static char keys[KEYS][160];

// Appends one exchange that acknowledges `done` and claims `batch` from `first` on, when `holding` deliveries are held.
static void append(redisContext *redis, const char *digest, struct claim done, long first, long batch, long holding) {
    static char numbers[MOST + 4][24];
    const char *words[FIXED + MOST];
    int count = 0;
    words[count++] = "EVALSHA";
    words[count++] = digest;
    words[count++] = "9";
    for (int index = 0; index < KEYS; index++) words[count++] = keys[index];
    words[count++] = "limit";
    words[count++] = "30000";
    snprintf(numbers[MOST], 24, "%ld", batch);
    snprintf(numbers[MOST + 1], 24, "%ld", first);
    snprintf(numbers[MOST + 2], 24, "%ld", done.count);
    words[count++] = numbers[MOST];
    words[count++] = numbers[MOST + 1];
    words[count++] = "0";
    words[count++] = numbers[MOST + 2];
    for (int index = 0; index < 5; index++) words[count++] = "0";
    snprintf(numbers[MOST + 3], 24, "%ld", holding);
    words[count++] = numbers[MOST + 3];
    for (long index = 0; index < done.count; index++) {
        snprintf(numbers[index], 24, "%ld", done.first + index);
        words[count++] = numbers[index];
    }
    if (redisAppendCommandArgv(redis, count, words, NULL) != REDIS_OK) fail(redis->errstr);
}

int main(int argc, char **argv) {
    if (argc != 8) fail("wants SOCKET DB QUEUE JOBS BATCH SCRIPT REGISTER");
    const char *queue = argv[3];
    long jobs = atol(argv[4]), batch = atol(argv[5]);
    if (batch < 1 || batch > MOST) fail("BATCH is from 1 to 1000");
    redisContext *redis = redisConnectUnix(argv[1]);
    if (!redis || redis->err) fail("cannot connect");
    freeReplyObject(redisCommand(redis, "SELECT %s", argv[2]));
    const char *suffixes[] = {"inflight:limit", "workers", "land:limit", "repeats:limit", "paused", "crashes"};
    snprintf(keys[0], sizeof keys[0], "%s", queue);
    for (int index = 0; index < 6; index++) snprintf(keys[index + 1], sizeof keys[0], "{%s}:%s", queue, suffixes[index]);
    snprintf(keys[7], sizeof keys[0], "%s_retry", queue);
    snprintf(keys[8], sizeof keys[0], "%s_dlq", queue);
    char *start_digest = load(redis, argv[7]);
    redisReply *reply = redisCommand(redis, "EVALSHA %s 2 {%s}:workers {%s}:worker_info limit 3600000 {}", start_digest, queue, queue);
    if (!reply || reply->type == REDIS_REPLY_ERROR) fail(reply ? reply->str : redis->errstr);
    freeReplyObject(reply);
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
        if (redisGetReply(redis, (void **)&reply) != REDIS_OK) fail(redis->errstr);
        if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 5 || reply->element[0]->integer != 0) fail("not the answer of an exchange");
        if (reply->element[1]->len != 0) fail("a settlement was stale");
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
