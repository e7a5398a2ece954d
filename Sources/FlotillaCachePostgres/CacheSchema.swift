public import FlotillaPostgres

/// The tables of this module, to be applied with the same `Migrator` as `JobSchema`'s. The last one puts triggers on the tables of jobs, and on
/// those of the corpus where there are any, so it comes after theirs.
public enum CacheSchema {
    /// In order; numbered from 2001.
    public static let migrations: [Migration] = [
        ("V2001__create_cache_invalidation.sql", PackageResources.V2001__create_cache_invalidation_sql),
        ("V2002__create_cache_statistics.sql", PackageResources.V2002__create_cache_statistics_sql),
        ("V2003__create_cache_warmup_job.sql", PackageResources.V2003__create_cache_warmup_job_sql),
        ("V2004__insert_cache_defaults.sql", PackageResources.V2004__insert_cache_defaults_sql),
        ("V2010__tell_changes.sql", PackageResources.V2010__tell_changes_sql),
        ("V2011__create_cache_access.sql", PackageResources.V2011__create_cache_access_sql),
    ].compactMap { Migration(file: $0.0, bytes: $0.1) }
}
