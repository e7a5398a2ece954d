import FlotillaCache
import Testing

@Suite struct CacheManifestTests {
    @Test(arguments: [0, 1, 99, 100, 101, 200, 1_050]) func `parts join to what was cut`(length: Int) throws {
        var generator = SeededGenerator(seed: UInt64(length))
        let bytes = generator.bytes(length)
        let (manifest, parts) = CacheManifest.split(bytes, partBytes: 100)
        #expect(manifest.count == (length + 99) / 100 && parts.count == manifest.count && manifest.rawBytes == length)
        #expect(parts.allSatisfy { (1...100).contains($0.count) })
        let read = try #require(CacheManifest(decoding: manifest.encode()))
        #expect(read == manifest)
        #expect(read.join(parts) == bytes)
    }

    @Test func `a part is 256 KiB unless somebody says otherwise`() {
        let (manifest, parts) = CacheManifest.split([UInt8](repeating: 1, count: 600 << 10))
        #expect(parts.map(\.count) == [256 << 10, 256 << 10, 88 << 10])
        #expect(manifest.partBytes == 256 << 10)
    }

    @Test func `a set with a part missing, changed, swapped or too many is no value`() {
        var generator = SeededGenerator(seed: 5)
        let (manifest, parts) = CacheManifest.split(generator.bytes(1_050), partBytes: 100)
        for index in parts.indices {
            var missing: [[UInt8]?] = parts
            missing[index] = nil
            #expect(manifest.join(missing) == nil)
            var changed = parts
            changed[index][changed[index].count / 2] ^= 1
            #expect(manifest.join(changed) == nil)
            var shorter = parts
            shorter[index].removeLast()
            #expect(manifest.join(shorter) == nil)
        }
        var swapped = parts
        swapped.swapAt(2, 3)
        #expect(manifest.join(swapped) == nil)
        #expect(manifest.join(parts + [[1]]) == nil)
        #expect(manifest.join(Array(parts.dropLast())) == nil)
        #expect(manifest.join([]) == nil)
    }

    @Test func `bytes that are no manifest allocate nothing and stop nobody`() {
        var generator = SeededGenerator(seed: 6)
        let (manifest, parts) = CacheManifest.split(generator.bytes(1_050), partBytes: 100)
        let bytes = manifest.encode()
        for length in 0..<bytes.count { #expect(CacheManifest(decoding: Array(bytes[..<length])) == nil) }
        for _ in 0..<20_000 {
            var changed = bytes
            changed[Int.random(in: 0..<40, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            guard changed != bytes, let read = CacheManifest(decoding: changed) else { continue }
            #expect(read.join(parts) == nil || read == manifest)
        }
        #expect(CacheManifest(decoding: Array("FCM\u{1}".utf8) + [UInt8](repeating: 0xFF, count: 12)) == nil)
        #expect(CacheManifest(decoding: Array("FCM\u{1}".utf8) + [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0]) == nil)
    }
}
