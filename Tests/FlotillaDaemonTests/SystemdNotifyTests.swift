import FlotillaDaemon
import Foundation
import Glibc
import Testing

@Suite struct SystemdNotifyTests {
    /// A socket that systemd could have made; its name as `$NOTIFY_SOCKET` gives it.
    private func receive(abstract: Bool, _ body: (SystemdNotify) -> Void) throws -> String {
        let name = "\(abstract ? "@" : "")/tmp/flotilla-notify-\(UUID())"
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        if abstract { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(2 + bytes.count + (abstract ? 0 : 1))
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        #expect(bound == 0)
        defer { if !abstract { unlink(name) } }
        body(SystemdNotify(environment: ["NOTIFY_SOCKET": name]))
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
    }

    @Test(arguments: [false, true]) func `messages arrive over path and abstract sockets`(abstract: Bool) throws {
        #expect(try self.receive(abstract: abstract) { $0.ready(status: "3/8 busy\nREADY=0") } == "READY=1\nSTATUS=3/8 busy READY=0")
        #expect(try self.receive(abstract: abstract) { $0.watchdog() } == "WATCHDOG=1")
        let stopping = try self.receive(abstract: abstract) { $0.stopping(within: .seconds(70)) }
        #expect(stopping.hasPrefix("STOPPING=1\n"))
        #expect(stopping.hasSuffix("EXTEND_TIMEOUT_USEC=70000000"))
        #expect(try self.receive(abstract: abstract) { $0.reloading() }.contains("MONOTONIC_USEC="))
    }

    @Test func `nobody listening is fine`() {
        #expect(!SystemdNotify(environment: [:]).send(["READY=1"]))
        #expect(!SystemdNotify(environment: ["NOTIFY_SOCKET": "/nowhere"]).send(["READY=1"]))
        #expect(!SystemdNotify(environment: ["NOTIFY_SOCKET": "/" + String(repeating: "x", count: 500)]).send(["READY=1"]))
        #expect(SystemdNotify(environment: ["WATCHDOG_USEC": "30000000"]).watchdogInterval == .seconds(30))
        #expect(SystemdNotify(environment: ["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"]).watchdogInterval == nil)
    }
}
