-- What Flotilla's own tables change is told to the cache in the same transaction, whoever changes it: a processor, the command, a person with psql.
-- Progress is not told: a job's status lives for seconds, and a row for each file of a large job would cost more than it saves.

CREATE FUNCTION cache_tell_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cache_invalidation_event (event, tenant_id, fields)
    VALUES (
        CASE WHEN NEW.status IN ('pending', 'processing') THEN 'job.updated' ELSE 'job.finished' END, NEW.tenant_id,
        jsonb_build_object('job_id', NEW.id));
    RETURN NULL;
END
$$;
-- A job that ends, and one that is reopened.
CREATE TRIGGER cache_tell_job AFTER UPDATE OF status ON processing_job
    FOR EACH ROW
    WHEN (OLD.status IS DISTINCT FROM NEW.status
        AND NOT (OLD.status IN ('pending', 'processing') AND NEW.status IN ('pending', 'processing')))
    EXECUTE FUNCTION cache_tell_job();

CREATE FUNCTION cache_tell_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cache_invalidation_event (event, tenant_id, fields)
    VALUES (
        CASE TG_OP WHEN 'DELETE' THEN 'document.deleted' ELSE 'processing.version_changed' END, OLD.tenant_id,
        jsonb_strip_nulls(jsonb_build_object('document_uuid', OLD.uuid::text, 'job_id', OLD.job_id)));
    RETURN NULL;
END
$$;

CREATE FUNCTION cache_tell_graph() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cache_invalidation_event (event, tenant_id, fields)
    VALUES ('graph.updated', NEW.tenant_id, jsonb_build_object('job_id', NEW.job_id));
    RETURN NULL;
END
$$;

-- The corpus and the graph belong to another module; programs that have none need none of this.
DO $$
BEGIN
    IF to_regclass('document') IS NOT NULL THEN
        CREATE TRIGGER cache_tell_document_deleted AFTER DELETE ON document
            FOR EACH ROW EXECUTE FUNCTION cache_tell_document();
        CREATE TRIGGER cache_tell_document_version AFTER UPDATE OF current_version ON document
            FOR EACH ROW WHEN (OLD.current_version IS DISTINCT FROM NEW.current_version) EXECUTE FUNCTION cache_tell_document();
    END IF;
    IF to_regclass('graph_scope') IS NOT NULL THEN
        -- Every change of a scope's entities ends with a resolution.
        CREATE TRIGGER cache_tell_graph AFTER UPDATE OF resolved_at ON graph_scope
            FOR EACH ROW WHEN (NEW.job_id IS NOT NULL AND OLD.resolved_at IS DISTINCT FROM NEW.resolved_at)
            EXECUTE FUNCTION cache_tell_graph();
    END IF;
END
$$;
