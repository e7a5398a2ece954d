/// What a walk through a graph looks at, at most.
public enum GraphBounds {
    /// Relationships of an entity in each direction, the strongest; hubs have thousands.
    public static let fanOut = 200
    /// Entities that a neighbourhood holds.
    public static let neighbourhood = 2_000
    /// Steps of a neighbourhood.
    public static let depths = 1...4
    /// Steps of a path.
    public static let steps = 1...8
}
