#pragma once
// What glibc has and the Swift module map of it does not show.
#include <malloc.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

// Hidden behind _GNU_SOURCE, which the importer does not define.
extern int pipe2(int fds[2], int flags);
extern int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
extern int pthread_setname_np(pthread_t thread, const char *name);
extern int memfd_create(const char *name, unsigned int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);

static inline int flotilla_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
static inline int flotilla_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }
static inline int flotilla_gettid(void) { return (int)syscall(SYS_gettid); }
static inline int flotilla_prctl(int option, unsigned long value) { return prctl(option, value, 0UL, 0UL, 0UL); }
static inline int flotilla_exited(int status) { return WIFEXITED(status); }
static inline int flotilla_exit_status(int status) { return WEXITSTATUS(status); }
static inline int flotilla_signaled(int status) { return WIFSIGNALED(status); }
static inline int flotilla_term_signal(int status) { return WTERMSIG(status); }
/* Blocks of a megabyte and more go back to the system when they are freed. By default glibc raises that limit, up to 32 MB, to the size
   of each such block that is freed, and what the heap then keeps grows with the largest file and model that a daemon has seen. */
static inline void flotilla_return_large_blocks(void) { mallopt(M_MMAP_THRESHOLD, 1 << 20); }
static inline int flotilla_fcntl_set(int fd, int command, int value) { return fcntl(fd, command, value); }

// Character sets.
#include <iconv.h>

// Opens a path that must stay beneath a directory; glibc 2.36 has no wrapper. Flags: O_*; resolve: RESOLVE_*.
#include <linux/openat2.h>
static inline int flotilla_openat2(int directory, const char *path, uint64_t flags, uint64_t resolve)
{
    struct open_how how = { .flags = flags, .mode = 0, .resolve = resolve };
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

// Cores this process may run on; 0 if the kernel does not say.
static inline int flotilla_affinity_cores(void)
{
    unsigned char set[1024];
    long bytes = syscall(SYS_sched_getaffinity, 0, sizeof set, set);
    int cores = 0;
    for (long i = 0; i < bytes; i++) cores += __builtin_popcount(set[i]);
    return cores;
}
