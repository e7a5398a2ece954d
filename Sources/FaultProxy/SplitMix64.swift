/// A small generator whose numbers are decided by its seed.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    /// The generator of one direction of one connection: what it draws does not depend on what the others do.
    init(seed: UInt64, connection: Int, direction: Direction) {
        var mixer = SplitMix64(seed: seed ^ UInt64(truncatingIfNeeded: connection) &* 0x9E37_79B9_7F4A_7C15)
        self.state = mixer.next() ^ (direction == .toServer ? 0 : 0xD1B5_4A32_D192_ED03)
    }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
