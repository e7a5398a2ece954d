// What the programs that are woken by a message share: the delay that it carries, in a record as Flotilla's bench writes it.
#include <stdio.h>
#include <string.h>
#include <time.h>

// When the message was there, before anything is read of it.
static long long instant(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

// Writes 16 bytes, the message's number and its delay in nanoseconds. Returns 0 for a message that is not timed: not one of Flotilla's driver.
static int record(FILE *report, const char *message, long long arrived) {
    const char *name = strstr(message, "\"filename\": \"");
    long long words[2], sent;
    if (!name || sscanf(name + strlen("\"filename\": \""), "%lld-%lld", &words[0], &sent) != 2) return 0;
    words[1] = arrived - sent;
    fwrite(words, sizeof words, 1, report);
    fflush(report);
    return 1;
}
