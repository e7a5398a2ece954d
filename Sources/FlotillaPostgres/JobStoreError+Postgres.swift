internal import Flotilla
internal import PostgresClient

extension JobStoreError {
    /// What a failure of the database means to the caller of `operation`.
    init(_ error: any Error, operation: String, wroteBefore: Bool = false) {
        if let error = error as? JobStoreError {
            self = wroteBefore ? JobStoreError(.outcomeUnknown, operation: error.operation, message: error.message) : error
            return
        }
        guard let error = error as? PostgresError else {
            let code: Code = wroteBefore ? .outcomeUnknown : error is CancellationError ? .unavailable : .refused
            self.init(code, operation: operation, message: error is CancellationError ? "cancelled" : "\(type(of: error))")
            return
        }
        let code: Code
        if error.mayHaveCommitted || wroteBefore {
            code = .outcomeUnknown
        } else if error.isTransient || error.code == .cancelled || error.code == .closed {
            code = .unavailable
        } else {
            code = .refused
        }
        self.init(code, operation: operation, message: error.description)
    }
}

extension PostgresError {
    /// Whether one of the rows is at fault, so that the others can be written without it.
    var blamesRow: Bool {
        // 54000: a value that is too large for an index.
        self.isDataError || self.sqlState == "54000"
    }
}
