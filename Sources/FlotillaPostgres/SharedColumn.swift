internal import PostgresClient

/// What a ``SharedColumn`` can hold.
protocol ColumnValue: Equatable, Sendable {
    func append(to column: inout Column)
    /// The value by itself, as a parameter with its type.
    var parameter: PostgresQuery { get }
}

/// A column whose rows are nearly always equal: one value as long as they are, an array from the first that is not.
struct SharedColumn<Value: ColumnValue>: Sendable {
    enum Content {
        case all(PostgresQuery)
        case each(Column)
    }

    private let kind: Column.Kind
    private let rows: Int
    private var value: Value?
    private var count = 0
    private var column: Column?

    /// - Parameter rows: how many follow at most.
    init(_ kind: Column.Kind, rows: Int) {
        self.kind = kind
        self.rows = rows
    }

    mutating func append(_ value: Value) {
        self.count += 1
        if self.column == nil {
            guard let shared = self.value else {
                self.value = value
                return
            }
            guard shared != value else { return }
            var column = Column(self.kind, rows: self.rows, width: 16)
            for _ in 1..<self.count { shared.append(to: &column) }
            self.column = column
        }
        self.column?.append(shared: value)
    }

    var content: Content {
        if let column { return .each(column) }
        guard let value else { return .each(Column(self.kind, rows: 0, width: 0)) }
        return .all(value.parameter)
    }
}

extension Column {
    fileprivate mutating func append(shared value: some ColumnValue) { value.append(to: &self) }
}

extension Int32: ColumnValue {
    func append(to column: inout Column) { column.append(self) }
    var parameter: PostgresQuery { "\(self)::integer" }
}

extension Bool: ColumnValue {
    func append(to column: inout Column) { column.append(self) }
    var parameter: PostgresQuery { "\(self)::boolean" }
}

extension String?: ColumnValue {
    func append(to column: inout Column) { column.append(self) }
    var parameter: PostgresQuery { "\(Storable.text(self))::text" }
}
