import Compression
import Testing

@Suite struct CompressionTests {
    @Test(arguments: [CompressionFormat.raw, .zlib, .gzip]) func `what is packed unpacks to itself`(format: CompressionFormat) throws {
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let packed = try deflated(bytes, format: format)
        #expect(packed.count < bytes.count / 2)
        #expect(try inflated(packed, format: format, maximumOutput: 200_000) == bytes)
    }

    @Test func `unpacking stops at the cap, whatever the input promises`() throws {
        let packed = try deflated([UInt8](repeating: 0, count: 10 << 20), format: .zlib)
        #expect { try inflated(packed, format: .zlib, maximumOutput: 1 << 20) } throws: { ($0 as? CompressionError)?.code == .tooLarge }
    }

    @Test func `damage and truncation are told apart`() throws {
        var packed = try deflated(Array("the lamp on the breakwater".utf8), format: .gzip)
        #expect { try inflated(Array(packed.dropLast(3)), format: .gzip, maximumOutput: 1_000) } throws: {
            ($0 as? CompressionError)?.code == .truncated
        }
        packed[packed.count - 6] ^= 0xFF
        #expect { try inflated(packed, format: .gzip, maximumOutput: 1_000) } throws: { ($0 as? CompressionError)?.code == .corrupt }
    }

    @Test func `the check sum is that of ZIP`() {
        #expect(Array("123456789".utf8).withUnsafeBytes { checksum($0) } == 0xCBF4_3926)
    }
}
