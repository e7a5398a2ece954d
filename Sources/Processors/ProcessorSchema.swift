internal import CorpusPostgres
internal import FlotillaCachePostgres
internal import FlotillaPostgres

/// What all processors need in the database.
enum ProcessorSchema {
    static let migrations = JobSchema.migrations + CorpusSchema.migrations + CacheSchema.migrations
}
