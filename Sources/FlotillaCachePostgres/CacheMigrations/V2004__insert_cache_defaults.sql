-- The rules that the platform needs, and warm-up jobs to begin from. Both may be changed: no later step writes over them.

INSERT INTO cache_invalidation_rule (name, event, tags, types, strategy, delay_ms, description) VALUES
    ('document.processed', 'document.processed', ARRAY['document:{document_uuid}', 'job:{job_id}', 'corpus:all'], '{}', 'eager', 0,
        'A document''s results are there: its summary, transcription and translation, and what searches find.'),
    ('document.processed.dashboard', 'document.processed', '{}', ARRAY['dashboard'], 'hybrid', 10000,
        'Figures follow within seconds; a thousand documents cost one calculation, not a thousand.'),
    ('document.updated', 'document.updated', ARRAY['document:{document_uuid}', 'corpus:all'], '{}', 'eager', 0,
        'A document or its chunks were changed.'),
    ('document.deleted', 'document.deleted', ARRAY['document:{document_uuid}', 'job:{job_id}', 'graph:{job_id}', 'corpus:all'], '{}',
        'eager', 0,
        'Nothing of a deleted document may be found or shown.'),
    ('document.deleted.dashboard', 'document.deleted', '{}', ARRAY['dashboard'], 'hybrid', 10000, 'Figures follow within seconds.'),
    ('job.updated', 'job.updated', ARRAY['job:{job_id}'], '{}', 'eager', 0, 'A job''s status or progress has changed.'),
    ('job.finished', 'job.finished', ARRAY['job:{job_id}', 'graph:{job_id}'], '{}', 'eager', 0,
        'A job has completed, failed or was cancelled.'),
    ('job.finished.dashboard', 'job.finished', '{}', ARRAY['dashboard'], 'hybrid', 2000, 'Figures follow within seconds.'),
    ('graph.updated', 'graph.updated', ARRAY['graph:{job_id}'], '{}', 'hybrid', 2000,
        'Entities and relationships come by the hundred while a job runs: shown stale for two seconds at most, then gone.'),
    ('user.updated', 'user.updated', ARRAY['user:{user_id}'], ARRAY['user_list'], 'eager', 0,
        'A user''s profile has changed; lists show it.'),
    ('user.permissions_changed', 'user.permissions_changed', ARRAY['user:{user_id}'], ARRAY['user_list'], 'eager', 0,
        'What a user may do counts at once.'),
    ('user.deleted', 'user.deleted', ARRAY['user:{user_id}'], ARRAY['user_list'], 'eager', 0, 'A user is gone, or was deactivated.'),
    ('user.list_changed', 'user.list_changed', '{}', ARRAY['user_list'], 'eager', 0, 'Users came or went, or have another manager.'),
    ('tenant.access_changed', 'tenant.access_changed', ARRAY['access:all'], '{}', 'eager', 0,
        'Who may see which jobs and documents has changed for more than one user.'),
    ('reference.updated', 'reference.updated', '{}', ARRAY['reference'], 'hybrid', 5000, 'Reference data was changed: everybody''s.'),
    ('billing.updated', 'billing.updated', '{}', ARRAY['billing'], 'eager', 0, 'Money is never shown from a stale value.'),
    ('processing.version_changed', 'processing.version_changed', ARRAY['document:{document_uuid}', 'graph:{job_id}', 'corpus:all'], '{}',
        'eager', 0,
        'Another version of a document''s results became the current one. Results of stages have the version in their keys and stay.');

-- Off until a program that runs warm-up has a loader for the type.
INSERT INTO cache_warmup_job (name, kind, type, every_seconds, daily_at, rate_per_second, entry_limit, priority, enabled) VALUES
    ('reference-data', 'scheduled', 'reference', NULL, '04:00', 50, 1000, 50, false),
    ('frequent-summaries', 'frequency', 'doc_summary', 900, NULL, 20, 500, 10, false),
    ('frequent-searches', 'frequency', 'vector_search', 900, NULL, 5, 200, 0, false);
