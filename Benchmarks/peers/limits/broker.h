// What the programs that stand for a worker share: Flotilla's keys and scripts, with nothing around them.
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1000, KEYS = 9, FIXED = 3 + KEYS + 12 };

struct claim {
    long first, count;
};

// In the order in which exchange.lua has them; the landing slot is keys[3].
static char keys[KEYS][160];

static void fail(const char *what) {
    fprintf(stderr, "limits: %s\n", what);
    exit(1);
}

static redisContext *connected(const char *socket, const char *database) {
    redisContext *redis = redisConnectUnix(socket);
    if (!redis || redis->err) fail("cannot connect");
    freeReplyObject(redisCommand(redis, "SELECT %s", database));
    return redis;
}

// The digest of a script in a file, known to the server from now on.
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

// Registers the worker `limit` for an hour.
static void enlist(redisContext *redis, const char *queue, const char *register_path) {
    const char *suffixes[] = {"inflight:limit", "workers", "land:limit", "repeats:limit", "paused", "crashes"};
    snprintf(keys[0], sizeof keys[0], "%s", queue);
    for (int index = 0; index < 6; index++) snprintf(keys[index + 1], sizeof keys[0], "{%s}:%s", queue, suffixes[index]);
    snprintf(keys[7], sizeof keys[0], "%s_retry", queue);
    snprintf(keys[8], sizeof keys[0], "%s_dlq", queue);
    char *digest = load(redis, register_path);
    redisReply *reply = redisCommand(redis, "EVALSHA %s 2 {%s}:workers {%s}:worker_info limit 3600000 {}", digest, queue, queue);
    if (!reply || reply->type == REDIS_REPLY_ERROR) fail(reply ? reply->str : redis->errstr);
    freeReplyObject(reply);
}

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

// The answer to the oldest exchange on its way: its third part are the messages.
static redisReply *answer(redisContext *redis) {
    redisReply *reply;
    if (redisGetReply(redis, (void **)&reply) != REDIS_OK) fail(redis->errstr);
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 5 || reply->element[0]->integer != 0) fail("not the answer of an exchange");
    if (reply->element[1]->len != 0) fail("a settlement was stale");
    return reply;
}
