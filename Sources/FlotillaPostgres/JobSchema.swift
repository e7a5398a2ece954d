/// The tables that the stores of this module need.
public enum JobSchema {
    /// In order; a program adds its own steps with higher numbers.
    public static let migrations: [Migration] = [
        ("V0001__create_jobs.sql", PackageResources.V0001__create_jobs_sql),
        ("V0002__create_stages.sql", PackageResources.V0002__create_stages_sql),
        ("V0003__create_dead_letters.sql", PackageResources.V0003__create_dead_letters_sql),
        ("V0004__create_outbox.sql", PackageResources.V0004__create_outbox_sql),
        ("V0005__create_audit_log.sql", PackageResources.V0005__create_audit_log_sql),
        ("V0006__create_stage_checkpoints.sql", PackageResources.V0006__create_stage_checkpoints_sql),
        ("V0007__remember_where_outputs_came_from.sql", PackageResources.V0007__remember_where_outputs_came_from_sql),
        ("V0008__index_stage_activity.sql", PackageResources.V0008__index_stage_activity_sql),
    ].compactMap { Migration(file: $0.0, bytes: $0.1) }
}
