/// SHA-256 (FIPS 180-4) in Swift, so that the runtime needs no C library. For small inputs such as ids; files are hashed elsewhere.
public enum SHA256 {
    /// The digest of `bytes`: 32 bytes.
    public static func digest(of bytes: some Sequence<UInt8>) -> [UInt8] {
        let words = Array(bytes).withUnsafeBytes { self.words(of: $0) }
        return [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            for index in 0..<32 { buffer[index] = UInt8(truncatingIfNeeded: words[index / 4] >> UInt32(24 - index % 4 * 8)) }
            count = 32
        }
    }

    /// The digest of `bytes` as eight words, the first one first.
    static func words(of bytes: UnsafeRawBufferPointer) -> InlineArray<8, UInt32> {
        var state: InlineArray<8, UInt32> = [
            0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
        ]
        let whole = bytes.count / 64 * 64
        self.compress(&state, UnsafeRawBufferPointer(rebasing: bytes[..<whole]))
        // What is left, a one, zeros, and the length in bits: a block or two.
        var tail = InlineArray<128, UInt8>(repeating: 0)
        let rest = bytes.count - whole
        let size = rest < 56 ? 64 : 128
        withUnsafeMutableBytes(of: &tail) { tail in
            tail.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[whole...]))
            tail[rest] = 0x80
            tail.storeBytes(of: UInt64(bytes.count * 8).bigEndian, toByteOffset: size - 8, as: UInt64.self)
            self.compress(&state, UnsafeRawBufferPointer(rebasing: tail[..<size]))
        }
        return state
    }

    /// Takes in whole blocks.
    private static func compress(_ state: inout InlineArray<8, UInt32>, _ blocks: UnsafeRawBufferPointer) {
        guard let start = blocks.baseAddress else { return }
        for offset in stride(from: 0, to: blocks.count, by: 64) { self.compress(&state, start + offset) }
    }

    /// Takes in 64 bytes.
    private static func compress(_ state: inout InlineArray<8, UInt32>, _ block: UnsafeRawPointer) {
        // Unchecked: every index is below the array's constant count.
        var schedule = InlineArray<64, UInt32>(repeating: 0)
        for index in 0..<16 {
            schedule[unchecked: index] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self))
        }
        for index in 16..<64 {
            let early = schedule[unchecked: index &- 15]
            let late = schedule[unchecked: index &- 2]
            let first = Self.rotate(early, 7) ^ Self.rotate(early, 18) ^ (early &>> 3)
            let second = Self.rotate(late, 17) ^ Self.rotate(late, 19) ^ (late &>> 10)
            schedule[unchecked: index] = schedule[unchecked: index &- 16] &+ first &+ schedule[unchecked: index &- 7] &+ second
        }
        let constants = Self.constants
        for index in 0..<64 { schedule[unchecked: index] &+= constants[unchecked: index] }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        var index = 0
        while index < 64 {
            // Instead of moving eight words along, the names move.
            Self.round(a, b, c, &d, e, f, g, &h, schedule[unchecked: index])
            Self.round(h, a, b, &c, d, e, f, &g, schedule[unchecked: index &+ 1])
            Self.round(g, h, a, &b, c, d, e, &f, schedule[unchecked: index &+ 2])
            Self.round(f, g, h, &a, b, c, d, &e, schedule[unchecked: index &+ 3])
            Self.round(e, f, g, &h, a, b, c, &d, schedule[unchecked: index &+ 4])
            Self.round(d, e, f, &g, h, a, b, &c, schedule[unchecked: index &+ 5])
            Self.round(c, d, e, &f, g, h, a, &b, schedule[unchecked: index &+ 6])
            Self.round(b, c, d, &e, f, g, h, &a, schedule[unchecked: index &+ 7])
            index &+= 8
        }
        state[0] &+= a
        state[1] &+= b
        state[2] &+= c
        state[3] &+= d
        state[4] &+= e
        state[5] &+= f
        state[6] &+= g
        state[7] &+= h
    }

    @inline(__always)
    private static func round(
        _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32, _ h: inout UInt32, _ word: UInt32
    ) {
        let sum1 = self.rotate(e, 6) ^ self.rotate(e, 11) ^ self.rotate(e, 25)
        let choice = g ^ (e & (f ^ g))
        let temporary = h &+ sum1 &+ choice &+ word
        let sum0 = self.rotate(a, 2) ^ self.rotate(a, 13) ^ self.rotate(a, 22)
        let majority = (a & b) | (c & (a | b))
        d &+= temporary
        h = temporary &+ sum0 &+ majority
    }

    @inline(__always)
    private static func rotate(_ word: UInt32, _ bits: UInt32) -> UInt32 { word &>> bits | word &<< (32 &- bits) }

    private static let constants: InlineArray<64, UInt32> = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}
