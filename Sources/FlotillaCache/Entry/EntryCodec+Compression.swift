internal import Compression

extension EntryCodec {
    /// - Returns: nil when it does not pay.
    func compressed(_ raw: [UInt8]) -> [UInt8]? {
        guard !raw.isEmpty, raw.count >= self.options.compressionThreshold else { return nil }
        // Level 4 makes text and JSON 3 % larger than zlib's usual 6, in half the time.
        // Without memory for it the value is stored as it is; nothing else can fail here.
        guard var packed = try? deflated(raw, format: .raw, level: 4) else { return nil }
        // A reader refuses what unpacks to more than `maximumRatio` times its bytes, as bombs do. An honest value that packs as tightly
        // (a page of spaces, an empty table) is followed by zeros until it does not; deflate ends by itself, before them.
        let least = (raw.count + self.options.maximumRatio - 1) / self.options.maximumRatio
        if packed.count < least { packed += repeatElement(0, count: least - packed.count) }
        return Double(packed.count) <= Double(raw.count) * (1 - self.options.minimumGain) ? packed : nil
    }

    /// Unpacks to exactly `length` bytes. The limits hold for what is promised before anything is unpacked, and for what comes while it is.
    func inflated(_ payload: [UInt8], to length: Int) throws(EntryHeader.Unreadable) -> [UInt8] {
        guard length <= self.options.maximumInflatedBytes, length <= payload.count * self.options.maximumRatio else {
            throw .init(.tooLarge)
        }
        let raw: [UInt8]
        do {
            raw = try Compression.inflated(payload, format: .raw, maximumOutput: length)
        } catch let error as CompressionError where error.code == .tooLarge {
            throw .init(.tooLarge)
        } catch {
            throw .init(.malformed)
        }
        guard raw.count == length else { throw .init(.malformed) }
        return raw
    }
}
