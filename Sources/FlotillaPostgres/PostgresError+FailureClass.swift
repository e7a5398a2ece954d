public import Flotilla
public import PostgresClient

/// What a failure of the database means for the message whose handler met it: an outage or a change of the primary is not its fault.
extension PostgresError: FailureClassified {
    public var failureClass: FailureClass {
        // A statement that always takes too long would come back for ever if its attempts were not counted.
        if self.code == .timedOut && !self.mayHaveCommitted { return .transient() }
        return self.isTransient || self.code == .closed || self.code == .cancelled ? .infrastructure : .transient()
    }

    public var failureCode: String { self.sqlState.map { "postgres_\($0)" } ?? "postgres_\(self.code)" }
    public var failureMessage: String { self.description }
}
