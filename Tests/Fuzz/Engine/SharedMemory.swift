import Synchronization

// Words that two processes share. `Atomic` cannot be laid over memory that is mapped, so its own operations are borrowed by pointer.

/// Stores so that the store is neither left out nor moved behind what follows.
@inline(never)
func atomicStore(_ place: UnsafeMutablePointer<UInt64>, _ value: UInt64) {
    place.pointee = value
    atomicMemoryFence(ordering: .sequentiallyConsistent)
}

/// Reads what the other process stored last.
@inline(never)
func atomicLoad(_ place: UnsafeMutablePointer<UInt64>) -> UInt64 {
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    return place.pointee
}
