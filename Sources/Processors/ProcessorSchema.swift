internal import CorpusPostgres
internal import FlotillaPostgres

/// What all processors need in the database.
enum ProcessorSchema {
    static let migrations = JobSchema.migrations + CorpusSchema.migrations
}
