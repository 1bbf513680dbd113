using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;

namespace Recado.Protocol.AppState;

/// <summary>
/// Requests about the account's settings and their answers:
/// <c>&lt;iq xmlns=w:sync:app:state type=set&gt;&lt;sync&gt;&lt;collection name version return_snapshot&gt;[&lt;patch&gt;]</c>.
/// </summary>
public static class AppStateStanzas
{
    /// <summary>The namespace of the requests.</summary>
    public const string Namespace = "w:sync:app:state";

    /// <summary>Asks for what a device lacks of a collection.</summary>
    /// <param name="id">The request's id.</param>
    /// <param name="collection">The collection.</param>
    /// <param name="version">The version it knows; null to get the whole.</param>
    public static Node Fetch(string id, AppStateCollection collection, ulong? version) => Request(
        id, new Node("collection", [("name", collection.ToName()), ("version", Text(version ?? 0)), ("return_snapshot", version is null ? "true" : "false")]));

    /// <summary>Uploads a patch on top of a version.</summary>
    public static Node Upload(string id, AppStateCollection collection, ulong version, byte[] patch) => Request(
        id,
        new Node(
            "collection",
            [("name", collection.ToName()), ("version", Text(version)), ("return_snapshot", "false")],
            [Node.Of("patch", patch)]));

    /// <summary>Reads what an answer says about a collection.</summary>
    /// <exception cref="ProtocolException">It says nothing about it, or what it says makes no sense.</exception>
    public static AppStateAnswer ParseAnswer(Node iq, AppStateCollection collection)
    {
        ArgumentNullException.ThrowIfNull(iq);
        var name = collection.ToName();
        var answer = iq.RequiredChild("sync").ChildrenOf("collection").FirstOrDefault(node => node["name"] == name)
            ?? throw ProtocolException.MalformedStanza($"An answer about settings does not name the collection {name}.");
        var snapshot = answer.Child("snapshot") is { } node ? ParseReference(node.Bytes.Span) : null;
        var patches = (answer.Child("patches") ?? answer).ChildrenOf("patch").Select(patch => AppStateReader.ParsePatch(patch.Bytes.Span));
        var error = answer["type"] == "error" ? answer.Child("error") : null;
        return new(snapshot, [.. patches], answer["has_more_patches"] == "true")
        {
            ErrorCode = answer["type"] == "error" ? (int)Math.Clamp(error?.NumberOf("code") ?? 500, 0, 999) : null,
            ErrorText = error?["text"],
        };
    }

    /// <summary>The collections that a notification <c>server_sync</c> says have changed; unknown ones are left out.</summary>
    public static IReadOnlyList<AppStateCollection> ParseNotification(Node notification)
    {
        ArgumentNullException.ThrowIfNull(notification);
        return [.. notification.ChildrenOf("collection").Select(node => AppStateCollectionNames.TryParse(node["name"])).OfType<AppStateCollection>().Distinct()];
    }

    /// <summary>Where a file of settings lies. Its length stays out: some give the encrypted one; the hashes say enough.</summary>
    public static MediaReference ReferenceOf(ExternalBlobReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return new(
            reference.DirectPath.OrNull(),
            reference.MediaKey.ToByteArray(),
            reference.FileSha256.ToByteArray(),
            reference.FileEncSha256.ToByteArray(),
            Length: 0);
    }

    private static MediaReference ParseReference(ReadOnlySpan<byte> protobuf) => ReferenceOf(
        Protobuf.TryParse(ExternalBlobReference.Parser, protobuf)
            ?? throw ProtocolException.MalformedPayload("A snapshot of settings does not say where it lies."));

    private static Node Request(string id, Node collection) =>
        new("iq", [("id", id), ("to", Jid.Service), ("type", "set"), ("xmlns", Namespace)], [Node.Of("sync", collection)]);

    private static string Text(ulong version) => version.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>What the service says about a collection.</summary>
/// <param name="Snapshot">Where the whole of it lies, if it was asked for.</param>
/// <param name="Patches">What follows.</param>
/// <param name="HasMore">Whether to ask again for what follows these.</param>
public sealed record AppStateAnswer(MediaReference? Snapshot, IReadOnlyList<SyncdPatch> Patches, bool HasMore)
{
    /// <summary>That another device has changed the collection first; <see cref="Patches"/> say how.</summary>
    public const int Conflict = 409;

    /// <summary>Why the request was refused; null when it was not.</summary>
    public int? ErrorCode { get; init; }

    /// <summary>The service's word for it.</summary>
    public string? ErrorText { get; init; }
}
