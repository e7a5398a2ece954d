// Layout, little-endian throughout:
//
//   "FLNT"  version u32 = 1  entries u32
//   features u64 … (ascending)  labels u8 …  weights f32 …
//   checksum u64 of all bytes before it
//
// When the features or the labels change, raise the version.
extension NameTagger {
    private static let magic: [UInt8] = Array("FLNT".utf8)
    private static let version: UInt32 = 1
    private static let headerSize = 12
    private static let bytesPerEntry = 13

    init(weights: [TaggerWeight]) {
        var table = FeatureTable(minimumCapacity: weights.count)
        for weight in weights { table.weights[table.insert(weight.feature) * TaggerLabel.count + Int(weight.label)] = weight.weight }
        self.init(features: table, digest: Self.checksum(Self.encode(weights)[...]))
    }

    /// The model as bytes, 13 for each weight. The same bytes again after reading them.
    public func serialized() -> [UInt8] {
        var weights: [TaggerWeight] = []
        for (row, hash) in self.features.hashes.enumerated() {
            for label in 0..<TaggerLabel.count {
                let weight = self.features.weights[row * TaggerLabel.count + label]
                if weight != 0 { weights.append(TaggerWeight(feature: hash, label: UInt8(label), weight: weight)) }
            }
        }
        var bytes = Self.encode(weights.sorted { ($0.feature, $0.label) < ($1.feature, $1.label) })
        Self.append(Self.checksum(bytes[...]), to: &bytes)
        return bytes
    }

    /// Reads what ``serialized()`` wrote. Never traps: bytes cut short, altered or made up are refused.
    public init(serialized bytes: [UInt8]) throws(NameTaggerError) {
        guard bytes.starts(with: Self.magic) else { throw NameTaggerError(.notAModel) }
        guard bytes.count >= Self.headerSize + 8 else { throw NameTaggerError(.damaged) }
        guard Self.u32(bytes, 4) == Self.version else { throw NameTaggerError(.unsupportedVersion) }
        let count = Int(Self.u32(bytes, 8))
        guard count <= 1 << 26, bytes.count == Self.headerSize + count * Self.bytesPerEntry + 8,
            Self.u64(bytes, bytes.count - 8) == Self.checksum(bytes.dropLast(8))
        else { throw NameTaggerError(.damaged) }
        var weights: [TaggerWeight] = []
        weights.reserveCapacity(count)
        for index in 0..<count {
            let weight = TaggerWeight(
                feature: Self.u64(bytes, Self.headerSize + index * 8), label: bytes[Self.headerSize + count * 8 + index],
                weight: Float(bitPattern: Self.u32(bytes, Self.headerSize + count * 9 + index * 4)))
            guard weight.label < TaggerLabel.count, weight.weight.isFinite, weight.weight != 0,
                weights.last.map({ ($0.feature, $0.label) < (weight.feature, weight.label) }) ?? true
            else { throw NameTaggerError(.damaged) }
            weights.append(weight)
        }
        self.init(weights: weights)
    }

    /// All but the checksum.
    private static func encode(_ weights: [TaggerWeight]) -> [UInt8] {
        var bytes = Self.magic
        bytes.reserveCapacity(Self.headerSize + weights.count * Self.bytesPerEntry + 8)
        Self.append(Self.version, to: &bytes)
        Self.append(UInt32(weights.count), to: &bytes)
        for weight in weights { Self.append(weight.feature, to: &bytes) }
        for weight in weights { bytes.append(weight.label) }
        for weight in weights { Self.append(weight.weight.bitPattern, to: &bytes) }
        return bytes
    }

    private static func append<Value: FixedWidthInteger>(_ value: Value, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: Value.bitWidth, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> Value(shift))) }
    }

    /// The caller has checked that the bytes are there.
    private static func u32(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
    }

    private static func u64(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
        UInt64(Self.u32(bytes, offset)) | UInt64(Self.u32(bytes, offset + 4)) << 32
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.withUnsafeBufferPointer { buffer in
            var hash = WordHash()
            for byte in buffer { hash.combine(UInt32(byte)) }
            return hash.value
        }
    }
}

/// What a feature says for or against a label.
struct TaggerWeight: Sendable {
    var feature: UInt64
    var label: UInt8
    var weight: Float
}
