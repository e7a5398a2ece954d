internal import Glibc

/// A number that differs between most threads and costs a few nanoseconds.
enum ThreadShard {
    static var index: Int {
        // Descriptors of threads lie whole pages apart: the low bits are the same for all.
        let bits = UInt(pthread_self()) >> 12
        return Int(truncatingIfNeeded: (bits &* 0x9E37_79B9_7F4A_7C15) >> 60)
    }
}
