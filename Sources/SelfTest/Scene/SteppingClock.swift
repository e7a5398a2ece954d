internal import Glibc

/// A wall clock that can be stepped, for the processes that are started with its environment. Nothing else sees it.
///
/// A library of a few lines, compiled here, that adds an offset to what the kernel says of CLOCK_REALTIME, and touches no timer. (libfaketime
/// would move the absolute times of monotonic timers too, which no step of a clock does.)
final class SteppingClock: Sendable {
    static let requirement = Requirement("C compiler") { compiler == nil ? "needs a C compiler" : nil }

    private static let compiler = ["cc", "clang", "gcc"].first { succeeds(["sh", "-c", "command -v \($0)"]) }

    private let library: String
    private let file: String

    /// - Parameter directory: where its files go.
    /// - Throws: ``SelfTestError`` when there is no compiler, or it refuses.
    init(in directory: String) throws {
        self.library = "\(directory)/clock.so"
        self.file = "\(directory)/clock.offset"
        guard let compiler = Self.compiler else { throw SelfTestError("there is no C compiler") }
        let log = "\(directory)/clock.log"
        guard writeText(Self.source, to: "\(directory)/clock.c"), writeText(String(repeating: "\0", count: 8), to: self.file),
            succeeds([compiler, "-O1", "-shared", "-fPIC", "-o", self.library, "\(directory)/clock.c"], log: log)
        else { throw SelfTestError("the stepping clock cannot be compiled: \(readText(log).suffix(300))") }
    }

    /// What a process is started with that shall see it.
    var environment: [String: String] { ["LD_PRELOAD": self.library, "SELFTEST_CLOCK": self.file] }

    /// Steps the clock to so many seconds off the machine's.
    func step(to seconds: Int64) {
        // In place: the processes have the file mapped.
        let descriptor = open(self.file, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var seconds = seconds
        _ = write(descriptor, &seconds, 8)
    }

    private static let source = #"""
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdint.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static volatile int64_t *offset;

        __attribute__((constructor)) static void begin(void) {
            const char *path = getenv("SELFTEST_CLOCK");
            int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
            if (file < 0) return;
            void *map = mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
            if (map != MAP_FAILED) offset = map;
            close(file);
        }

        int clock_gettime(clockid_t clock, struct timespec *time) {
            int result = syscall(SYS_clock_gettime, clock, time);
            if (result == 0 && offset && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += *offset;
            return result;
        }

        int gettimeofday(struct timeval *restrict time, void *restrict zone) {
            struct timespec now;
            (void)zone;
            clock_gettime(CLOCK_REALTIME, &now);
            time->tv_sec = now.tv_sec;
            time->tv_usec = now.tv_nsec / 1000;
            return 0;
        }

        time_t time(time_t *result) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            if (result) *result = now.tv_sec;
            return now.tv_sec;
        }
        """#
}
