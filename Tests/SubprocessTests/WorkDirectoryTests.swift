import Foundation
import Glibc
import Subprocess
import Testing

extension ChildProcesses {
    @Suite struct WorkDirectoryTests {
        let root = NSTemporaryDirectory() + "flotilla-work-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max))/deep"

        private struct Trouble: Error {}

        @Test func `it is private, and gone afterwards, also after an error`() async throws {
            var path = ""
            await #expect(throws: Trouble.self) {
                try await WorkDirectory.with(under: self.root) { directory in
                    path = directory.path
                    let attributes = try FileManager.default.attributesOfItem(atPath: path)
                    #expect(attributes[.posixPermissions] as? Int == 0o700)
                    let nested = directory.file("a/b/c")
                    try FileManager.default.createDirectory(atPath: nested, withIntermediateDirectories: true)
                    try "x".write(toFile: nested + "/file", atomically: false, encoding: .utf8)
                    try FileManager.default.createSymbolicLink(atPath: directory.file("link"), withDestinationPath: "/etc")
                    chmod(directory.file("a/b"), 0)
                    throw Trouble()
                }
            }
            #expect(!path.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(FileManager.default.fileExists(atPath: "/etc/passwd"))
            try FileManager.default.removeItem(atPath: self.root)
        }

        @Test func `what dead processes left is swept, what the living hold stays`() async throws {
            try await WorkDirectory.with(under: self.root) { directory in
                let fields = directory.path.split(separator: "/").last.map(String.init)?.split(separator: "-").map(String.init) ?? []
                #expect(fields.count == 5)
                // Our number used again by a later process, and the same number before a reboot.
                let reused = "\(self.root)/flotilla-\(getpid())-1-\(fields[3])-abcdef"
                let rebooted = "\(self.root)/flotilla-\(getpid())-\(fields[2])-00000000-abcdef"
                let foreign = "\(self.root)/somebody-elses"
                for path in [reused, rebooted, foreign] {
                    try FileManager.default.createDirectory(atPath: path + "/inner", withIntermediateDirectories: true)
                }
                #expect(WorkDirectory.sweep(under: self.root) == 2)
                #expect(!FileManager.default.fileExists(atPath: reused))
                #expect(!FileManager.default.fileExists(atPath: rebooted))
                #expect(FileManager.default.fileExists(atPath: foreign))
                #expect(FileManager.default.fileExists(atPath: directory.path))
            }
            try FileManager.default.removeItem(atPath: self.root)
        }

        @Test func `a place that cannot hold it is a typed error`() {
            #expect(throws: WorkDirectoryError.self) { try WorkDirectory(under: "/proc/nowhere/at/all") }
        }
    }
}
