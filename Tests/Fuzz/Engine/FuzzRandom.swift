/// Random numbers that follow from a seed, a target's name and an input's index alone: any input can be made again without those before it.
struct FuzzRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64, target: String, index: Int) {
        // FNV-1a over the name, so that targets do not see the same choices.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in target.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        self.state = hash ^ (seed &* 0x9E37_79B9_7F4A_7C15)
        self.state = self.next() &+ UInt64(index) &* 0xD134_2543_DE82_EF95
        self.state = self.next()
    }

    /// SplitMix64: eight lines, and good enough to choose where to cut.
    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, not including, `bound`; 0 when there is none.
    mutating func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(self.next() % UInt64(bound)) }

    /// True once in so many calls.
    mutating func once(in count: Int) -> Bool { self.below(count) == 0 }

    /// One of several.
    mutating func one<Element>(of choices: [Element]) -> Element { choices[self.below(choices.count)] }

    /// Small numbers often, large ones seldom: at most `most`.
    mutating func small(_ most: Int) -> Int { self.below(1 + self.below(most + 1)) }
}
