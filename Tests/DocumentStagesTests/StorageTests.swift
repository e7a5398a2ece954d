import Flotilla
import Foundation
import ObjectStorage
import Subprocess
import Testing

@Suite struct StorageTests {
    /// `root` holds `good.txt`, `folder/inner.txt`, a link out, a link within, a pipe; `secret.txt` lies beside it.
    private func withRoot(_ body: (StorageRouter, _ root: String, _ target: String) async throws -> Void) async throws {
        try await WorkDirectory.with(under: NSTemporaryDirectory()) { work in
            let root = work.file("root")
            try FileManager.default.createDirectory(atPath: root + "/folder", withIntermediateDirectories: true)
            try Data("good".utf8).write(to: URL(fileURLWithPath: root + "/good.txt"))
            try Data("inner".utf8).write(to: URL(fileURLWithPath: root + "/folder/inner file.txt"))
            try Data("secret".utf8).write(to: URL(fileURLWithPath: work.file("secret.txt")))
            try FileManager.default.createSymbolicLink(atPath: root + "/out", withDestinationPath: "../secret.txt")
            try FileManager.default.createSymbolicLink(atPath: root + "/etc", withDestinationPath: "/etc")
            try FileManager.default.createSymbolicLink(atPath: root + "/within", withDestinationPath: "folder/inner file.txt")
            try FileManager.default.createSymbolicLink(atPath: root + "/self", withDestinationPath: "self")
            #expect(mkfifo(root + "/pipe", 0o600) == 0)
            try await body(StorageRouter(files: FileStorage(root: root + "/")), root, work.file("target"))
        }
    }

    private func failure(_ storage: StorageRouter, _ uri: String, _ target: String, maximum: Int = 1_000) async throws -> StorageError? {
        do {
            _ = try await storage.fetch(uri, to: target, maximumBytes: maximum)
            return nil
        } catch let error as StorageError {
            #expect(!FileManager.default.fileExists(atPath: target))
            return error
        }
    }

    @Test func `files beneath the root are copied with their digest`() async throws {
        try await self.withRoot { storage, root, target in
            for uri in ["good.txt", "./good.txt", "\(root)/good.txt", "file://\(root)/good.txt", "file://localhost\(root)/good.txt"] {
                let object = try await storage.fetch(uri, to: target, maximumBytes: 1_000)
                #expect(object.bytes == 4)
                #expect(object.sha256 == "770e607624d689265ca6c44884d0807d9b054d23c473c106c72be9de08b7376c")
                try FileManager.default.removeItem(atPath: target)
            }
            for uri in ["folder/inner file.txt", "file://\(root)/folder/inner%20file.txt", "within"] {
                let object = try await storage.fetch(uri, to: target, maximumBytes: 1_000)
                #expect(object.bytes == 5)
                try FileManager.default.removeItem(atPath: target)
            }
        }
    }

    @Test func `nothing outside of the root is read, however it is named`() async throws {
        try await self.withRoot { storage, root, target in
            for uri in [
                "../secret.txt", "folder/../../secret.txt", "folder/../good.txt", "/etc/passwd", "file:///etc/passwd",
                "file://\(root)/../secret.txt",
                "file://\(root)/%2e%2e/secret.txt", "\(root)/../secret.txt", "out", "etc/passwd", "self", "good.txt\0", "", "/", ".",
                "folder", "pipe",
                "file://otherhost/good.txt", "http://169.254.169.254/latest/meta-data", "ftp://x/y", "\(root)x/good.txt",
            ] {
                let error = try await self.failure(storage, uri, target)
                #expect(error?.failureCode == "path_refused", "\(uri): \(error?.description ?? "was read")")
                #expect(error?.failureClass == .permanent)
            }
        }
    }

    @Test func `what is missing, too large or not configured says so`() async throws {
        try await self.withRoot { storage, root, target in
            #expect(try await self.failure(storage, "missing.txt", target)?.failureCode == "not_found")
            #expect(try await self.failure(storage, "good.txt/x", target)?.failureCode == "not_found")
            #expect(try await self.failure(storage, "good.txt", target, maximum: 3)?.failureCode == "too_large")
            for uri in ["gs://bucket/key.pdf", "s3://bucket/key.pdf", "GS://bucket/key"] {
                let error = try await self.failure(storage, uri, target)
                #expect(error?.failureCode == "storage_not_configured")
                #expect(error?.description.contains("STORAGE_ROOT") ?? false)
            }
            let gone = StorageRouter(files: FileStorage(root: root + "/nowhere"))
            #expect(try await self.failure(gone, "good.txt", target)?.failureClass == .infrastructure)
        }
    }
}
