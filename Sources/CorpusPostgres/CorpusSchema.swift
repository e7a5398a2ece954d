public import FlotillaPostgres

/// The tables of this module, to be applied after ``JobSchema``'s with the same `Migrator`.
public enum CorpusSchema {
    /// In order; numbered from 1001.
    public static let migrations: [Migration] = [
        ("V1001__create_corpus.sql", PackageResources.V1001__create_corpus_sql),
        ("V1002__create_graph.sql", PackageResources.V1002__create_graph_sql),
        ("V1003__add_recordings.sql", PackageResources.V1003__add_recordings_sql),
        ("V1004__fold_names.sql", PackageResources.V1004__fold_names_sql),
    ].compactMap { Migration(file: $0.0, bytes: $0.1) }
}
