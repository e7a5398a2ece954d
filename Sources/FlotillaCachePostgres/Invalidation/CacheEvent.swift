/// Something that cached values were made from has changed. ``InvalidationRule``s say which values end with it.
///
/// Record it with ``CacheEvents`` in the transaction of the change: then it is applied exactly if the change is committed.
public struct CacheEvent: Sendable, Hashable {
    /// Whom it concerns.
    public enum Owner: Sendable, Hashable {
        /// The tenant of this id, as messages and requests spell it.
        case tenant(String)
        /// Whoever names no tenant.
        case nobody
        /// All tenants: values of global scope, and types of everybody.
        case everyone
    }

    /// What happened: two or more words of lower-case letters, digits and `_` with dots between, such as `job.updated`; at most 80 bytes.
    public var name: String
    public var owner: Owner
    /// What the templates of rules are filled with: `job_id`, `document_uuid`, `user_id`, or others. Any text but NUL bytes; 256 KiB in all.
    public var fields: [String: String]

    public init(name: String, owner: Owner, fields: [String: String] = [:]) {
        self.name = name
        self.owner = owner
        self.fields = fields
    }

    /// - Parameter tenant: its id; nil and the empty text for none.
    public init(name: String, tenant: String?, fields: [String: String] = [:]) {
        self.init(name: name, owner: tenant.flatMap { $0.isEmpty ? nil : .tenant($0) } ?? .nobody, fields: fields)
    }
}

/// The events that the default rules know, with the fields that these need.
extension CacheEvent {
    /// All results of a document are there.
    public static func documentProcessed(_ uuid: String, job: String?, tenant: String?) -> CacheEvent {
        Self(name: "document.processed", tenant: tenant, fields: Self.document(uuid, job))
    }

    /// A document, or what is known of it, was changed.
    public static func documentUpdated(_ uuid: String, job: String?, tenant: String?) -> CacheEvent {
        Self(name: "document.updated", tenant: tenant, fields: Self.document(uuid, job))
    }

    public static func documentDeleted(_ uuid: String, job: String?, tenant: String?) -> CacheEvent {
        Self(name: "document.deleted", tenant: tenant, fields: Self.document(uuid, job))
    }

    /// A job's status or progress has changed.
    public static func jobUpdated(_ job: String, tenant: String?) -> CacheEvent {
        Self(name: "job.updated", tenant: tenant, fields: ["job_id": job])
    }

    /// A job has completed, failed or was cancelled.
    public static func jobFinished(_ job: String, tenant: String?) -> CacheEvent {
        Self(name: "job.finished", tenant: tenant, fields: ["job_id": job])
    }

    /// Entities or relationships of a job's graph came or went.
    public static func graphUpdated(job: String, tenant: String?) -> CacheEvent {
        Self(name: "graph.updated", tenant: tenant, fields: ["job_id": job])
    }

    public static func userUpdated(_ user: String, tenant: String?) -> CacheEvent {
        Self(name: "user.updated", tenant: tenant, fields: ["user_id": user])
    }

    /// What a user may do has changed.
    public static func userPermissionsChanged(_ user: String, tenant: String?) -> CacheEvent {
        Self(name: "user.permissions_changed", tenant: tenant, fields: ["user_id": user])
    }

    /// A user is gone, or was deactivated.
    public static func userDeleted(_ user: String, tenant: String?) -> CacheEvent {
        Self(name: "user.deleted", tenant: tenant, fields: ["user_id": user])
    }

    /// Users came or went, or have another manager.
    public static func userListChanged(tenant: String?) -> CacheEvent { Self(name: "user.list_changed", tenant: tenant) }

    /// Who may see which jobs and documents has changed for more than one user.
    public static func accessChanged(tenant: String?) -> CacheEvent { Self(name: "tenant.access_changed", tenant: tenant) }

    /// Reference data, everybody's.
    public static let referenceUpdated = CacheEvent(name: "reference.updated", owner: .everyone)

    public static func billingUpdated(tenant: String?) -> CacheEvent { Self(name: "billing.updated", tenant: tenant) }

    /// Another version of a document's results became the current one.
    public static func processingVersionChanged(document uuid: String, job: String?, tenant: String?) -> CacheEvent {
        Self(name: "processing.version_changed", tenant: tenant, fields: Self.document(uuid, job))
    }

    private static func document(_ uuid: String, _ job: String?) -> [String: String] {
        var fields = ["document_uuid": uuid]
        if let job { fields["job_id"] = job }
        return fields
    }
}
