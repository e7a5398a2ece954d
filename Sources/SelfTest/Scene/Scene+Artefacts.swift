internal import JSONText
internal import PostgresClient
internal import ServerHarness

extension Scene {
    /// Keeps what people need to see what happened: the daemons' logs, the servers', the journal of faults, and the history of each job.
    func keep(_ outcome: SceneOutcome) async {
        guard let target = self.setting.artefacts.directory(for: self.setting.name) else {
            self.progress("nothing can be kept: no directory can be made")
            return
        }
        // A scene without a Redis of its own has no log of it.
        let logs = [(try? self.redis().logPath, "redis.log"), (self.postgres?.logPath, "postgres.log")]
        for (file, name) in logs { if let file { _ = succeeds(["cp", "--", file, "\(target)/\(name)"]) } }
        _ = succeeds(["sh", "-c", "cp -- \"$1\"/*.log \"$2\"; cp -- \"$1\"/runs \"$2\"", "sh", self.directory.path, target])
        Self.write(outcome.faults.map(\.json), to: "\(target)/faults.jsonl")
        Self.write(
            self.sentJobs.values.sorted { $0.time < $1.time }.map { sent in
                [
                    "name": .string(sent.job.name), "run": .string(sent.job.run), "sent_us": .integer(sent.time),
                    "must_end": .string("\(sent.job.end)"),
                ]
            }, to: "\(target)/sent.jsonl")
        do {
            let rows = try await self.pool.query(
                "SELECT row_to_json(item)::text FROM (SELECT *, convert_from(payload, 'UTF8') AS message FROM work_item) AS item")
            writeText(try rows.map { try $0[0, as: String.self] + "\n" }.joined(), to: "\(target)/work_items.jsonl")
        } catch {
            writeText("\(error)\n", to: "\(target)/work_items.error")
        }
        writeText(outcome.broken.map { $0 + "\n" }.joined(), to: "\(target)/broken.txt")
    }

    private static func write(_ lines: [JSONValue], to path: String) {
        var bytes: [UInt8] = []
        for line in lines { bytes += line.jsonBytes + [0x0A] }
        writeText(String(decoding: bytes, as: UTF8.self), to: path)
    }
}
