using System.Text;
using Google.Protobuf;
using Recado.Protocol.AppState;
using Recado.Protocol.Proto;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.AppState;

/// <summary>Replays <c>appstate-mutations</c> and <c>appstate-actions</c>.</summary>
public sealed class AppStateMutationVectorTests
{
    public static TheoryData<string> Names => [.. AppStateVectors.Mutations.Cases.Select(vector => vector.Name)];

    public static TheoryData<string> InvalidNames => [.. AppStateVectors.Mutations.Invalid.Select(vector => vector.Name)];

    public static TheoryData<string> ActionNames => [.. Actions.Cases.Select(vector => vector.Name)];

    private static ActionVectors Actions => VectorFile.Load<ActionVectors>("appstate/appstate-actions.json");

    [Theory]
    [MemberData(nameof(Names))]
    public void Encrypt_WhenReplayed_GivesTheRecordedBytes(string name)
    {
        var vector = AppStateVectors.Mutations.Cases.Single(vector => vector.Name == name);
        var mutation = new AppStateMutation(
            AppStateVectors.Operation(vector.Operation), vector.Index, AppStateVectors.Value(vector.Value), vector.Version);

        var encrypted = MutationCipher.Encrypt(
            AppStateKeys.Expand(new(vector.KeyId, vector.KeyData, 0)), mutation, new ScriptedRandom(vector.Iv));

        Assert.Equal(vector.IndexUtf8, Encoding.UTF8.GetString(AppStateIndex.Serialize(vector.Index)));
        Assert.Equal(vector.IndexBytes, AppStateIndex.Serialize(vector.Index));
        Assert.Equal(vector.Timestamp, mutation.Value.Timestamp);
        Assert.Equal(vector.IndexMac, encrypted.Record.Index.Blob);
        Assert.Equal(vector.ValueBlob, encrypted.Record.Value.Blob);
        Assert.Equal(vector.ValueMac, MutationCipher.ValueMacOf(encrypted.Record));
        Assert.Equal(vector.CiphertextWithIv, encrypted.Record.Value.Blob.Memory[..^vector.ValueMac.Length].ToArray());
        Assert.Equal(vector.SyncdMutation, encrypted.ToByteArray());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Decrypt_WhenReplayed_GivesTheRecordedRecord(string name)
    {
        var vector = AppStateVectors.Mutations.Cases.Single(vector => vector.Name == name);
        var mutation = SyncdMutation.Parser.ParseFrom(vector.SyncdMutation);

        var decrypted = MutationCipher.Decrypt(Ring(vector.KeyId, vector.KeyData), mutation.Operation, mutation.Record);

        Assert.Equal(AppStateVectors.Operation(vector.Operation), decrypted.Operation);
        Assert.Equal(vector.Index, decrypted.Index);
        Assert.Equal(vector.Version, decrypted.Version);
        Assert.Equal(SyncActionData.Parser.ParseFrom(vector.Plaintext).Value, decrypted.Value);
    }

    [Theory]
    [MemberData(nameof(InvalidNames))]
    public void Decrypt_WhenTheRecordIsWrong_RefusesIt(string name)
    {
        var vector = AppStateVectors.Mutations.Invalid.Single(vector => vector.Name == name);

        var refusal = Assert.Throws<ProtocolException>(() => MutationCipher.Decrypt(
            Ring(vector.KeyId, vector.KeyData),
            AppStateVectors.Operation(vector.Operation),
            new()
            {
                Index = new() { Blob = ByteString.CopyFrom(vector.IndexMac) },
                Value = new() { Blob = ByteString.CopyFrom(vector.ValueBlob) },
                KeyId = new() { Id = ByteString.CopyFrom(vector.KeyId) },
            }));

        Assert.Equal(ProtocolError.AppStateMismatch, refusal.Error);
        var reason = vector.Error.Contains("content MAC", StringComparison.Ordinal) ? "content MAC" : vector.Error.Split(" mismatch")[0];
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Decrypt_WhenMutilated_FailsWithATypedError(string name)
    {
        var vector = AppStateVectors.Mutations.Cases.Single(vector => vector.Name == name);
        var ring = Ring(vector.KeyId, vector.KeyData);

        var refused = Mutilations.AssertTyped(vector.ValueBlob, blob => MutationCipher.Decrypt(
            ring,
            AppStateVectors.Operation(vector.Operation),
            new()
            {
                Index = new() { Blob = ByteString.CopyFrom(vector.IndexMac) },
                Value = new() { Blob = ByteString.CopyFrom(blob) },
                KeyId = new() { Id = ByteString.CopyFrom(vector.KeyId) },
            }));

        Assert.Equal(4 * vector.ValueBlob.Length, refused); // nothing of a value may be changed
    }

    [Fact]
    public void ParseIndex_WhenItIsNoArrayOfStrings_RefusesIt()
    {
        foreach (var bad in (string[])["", "[]", "{}", "[1]", "[\"a\",null]", "[\"a\"]x", "[[\"a\"]]", "[\"\\ud800\"]", $"[\"{new string('a', 5000)}\"]"])
        {
            var refusal = Assert.Throws<ProtocolException>(() => AppStateIndex.Parse(Encoding.UTF8.GetBytes(bad)));
            Assert.Equal(ProtocolError.MalformedPayload, refusal.Error);
        }

        Mutilations.AssertTyped(Encoding.UTF8.GetBytes("[\"mute\",\"a\\u0007é\"]"), bytes => AppStateIndex.Parse(bytes));
    }

    [Fact]
    public void SerializeIndex_WhenTextHasControlCharacters_EscapesThemAsJavaScriptDoes() => Assert.Equal(
        "[\"a\\b\\t\\n\\f\\r\\u0001\\u001f\\\\/\u007fé\"]", Encoding.UTF8.GetString(AppStateIndex.Serialize(["a\b\t\n\f\r\u0001\u001f\\/\u007fé"])));

    [Theory]
    [MemberData(nameof(ActionNames))]
    public void Of_WhenReplayed_GivesTheRecordedAction(string name)
    {
        var vector = Actions.Cases.Single(vector => vector.Name == name);
        var value = AppStateVectors.Value(vector.Value);

        var change = AppStateChange.Of(
            AppStateVectors.Operation(vector.Operation), vector.Index, value, DateTimeOffset.FromUnixTimeMilliseconds(value.Timestamp));

        Assert.Equal(vector.Collection, change.Collection.ToName());
        Assert.Equal(vector.Version, change.Mutation.Version);
        Assert.Equal(vector.SyncActionData, new SyncActionData
        {
            Index = ByteString.CopyFrom(AppStateIndex.Serialize(change.Mutation.Index)),
            Value = change.Mutation.Value,
            Padding = ByteString.Empty,
            Version = change.Mutation.Version,
        }.ToByteArray());
    }

    [Fact]
    public void Of_WhenTheActionIsUnknown_IsAnArgumentError()
    {
        Assert.Throws<ArgumentException>(() => AppStateChange.Of(SyncdOperation.Set, ["no_such_action"], new(), DateTimeOffset.UnixEpoch));
        Assert.Throws<ArgumentException>(() => AppStateChange.Of(SyncdOperation.Set, [], new(), DateTimeOffset.UnixEpoch));
    }

    private static AppStateKeyRing Ring(byte[] id, byte[] data) => new([new(id, data, 0)]);

    internal sealed record ActionVectors(string Description, IReadOnlyList<ActionVector> Cases);

    internal sealed record ActionVector(
        string Name,
        string Collection,
        IReadOnlyList<string> Index,
        int Version,
        string Operation,
        System.Text.Json.JsonElement Value,
        byte[] SyncActionData,
        string? Note = null);
}
