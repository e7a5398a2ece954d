import Flotilla
internal import PostgresClient

/// What the statements need of claims, column by column.
struct ClaimColumns: Sendable {
    /// The jobs that are named.
    private(set) var jobs: Set<String> = []
    private var id: Column
    private var documentUUID: Column
    private var delivery: Column
    private var filename: Column
    private var path: Column
    private var payload: Column
    private var version: SharedColumn<Int32>
    private var counts: SharedColumn<Bool>
    private var worker: SharedColumn<String?>
    private var queue: SharedColumn<String?>
    private var jobID: SharedColumn<String?>
    private var tenantID: SharedColumn<String?>

    init(_ keys: [BatchKey], of claims: [WorkClaim], countingQueues: Set<QueueName>) {
        let rows = keys.count
        self.id = Column(.uuid, rows: rows, width: 16)
        self.documentUUID = Column(.uuid, rows: rows, width: 16)
        self.delivery = Column(.bigint, rows: rows, width: 8)
        self.filename = Column(.text, rows: rows, width: 24)
        self.path = Column(.text, rows: rows, width: 64)
        self.payload = Column(.bytes, rows: rows, width: 320)
        self.version = SharedColumn(.integer, rows: rows)
        self.counts = SharedColumn(.boolean, rows: rows)
        self.worker = SharedColumn(.text, rows: rows)
        self.queue = SharedColumn(.text, rows: rows)
        self.jobID = SharedColumn(.text, rows: rows)
        self.tenantID = SharedColumn(.text, rows: rows)
        var lastJob: String?
        var lastQueue: (name: QueueName, counts: Bool)?
        for key in keys {
            let claim = claims[key.index]
            let envelope = claim.envelope
            let job = envelope.jobID
            if let job, job != lastJob {
                self.jobs.insert(Storable.text(job))
                lastJob = job
            }
            if lastQueue?.name != claim.queue { lastQueue = (claim.queue, countingQueues.contains(claim.queue)) }
            self.id.append(key.id)
            self.documentUUID.append(Storable.uuid(claim.identity.document))
            self.delivery.append(Int64(bitPattern: claim.delivery.sequence))
            self.filename.append(envelope.filename)
            self.path.append(envelope.path)
            self.payload.append(envelope.producerBytes)
            self.version.append(Int32(clamping: envelope.processingVersion))
            self.counts.append(lastQueue?.counts ?? false)
            self.worker.append(claim.delivery.worker.rawValue)
            self.queue.append(claim.queue.rawValue)
            self.jobID.append(job)
            self.tenantID.append(envelope.tenantID)
        }
    }

    /// A table of `id, document_uuid, delivery, filename, path, payload, version, counts, worker, queue, job_id, tenant_id`, to be named.
    ///
    /// A value that all rows share is one parameter: the server spends a fifth of its time on building and walking an array of every column.
    var table: PostgresQuery {
        var table = TableBuilder()
        table.add(self.id, "id")
        table.add(self.documentUUID, "document_uuid")
        table.add(self.delivery, "delivery")
        table.add(self.filename, "filename")
        table.add(self.path, "path")
        table.add(self.payload, "payload")
        table.add(self.version, "version")
        table.add(self.counts, "counts")
        table.add(self.worker, "worker")
        table.add(self.queue, "queue")
        table.add(self.jobID, "job_id")
        table.add(self.tenantID, "tenant_id")
        return table.query
    }
}

/// `(SELECT element.*, value AS name, … FROM unnest(array, …) AS element (name, …))`
private struct TableBuilder {
    private var arrays: [(column: Column, name: String)] = []
    private var values: [(value: PostgresQuery, name: String)] = []

    mutating func add(_ column: Column, _ name: String) { self.arrays.append((column, name)) }

    mutating func add(_ column: SharedColumn<some ColumnValue>, _ name: String) {
        switch column.content {
        case .each(let column): self.arrays.append((column, name))
        case .all(let value): self.values.append((value, name))
        }
    }

    var query: PostgresQuery {
        var text = PostgresQuery.StringInterpolation(literalCapacity: 256, interpolationCount: 12)
        text.appendLiteral("(SELECT element.*")
        for (value, name) in self.values {
            text.appendLiteral(", ")
            text.appendInterpolation(fragment: value)
            text.appendLiteral(" AS \(name)")
        }
        text.appendLiteral(" FROM unnest(")
        for (index, array) in self.arrays.enumerated() {
            if index > 0 { text.appendLiteral(", ") }
            text.appendInterpolation(array.column)
        }
        text.appendLiteral(") AS element (\(self.arrays.map(\.name).joined(separator: ", "))))")
        return PostgresQuery(stringInterpolation: text)
    }
}
