using System.Buffers.Binary;
using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Presence;

namespace Recado.Client.Sending;

/// <summary>
/// Tokens by which contacts let messages of new senders through: kept when a contact gives us one, attached to what we send to it, and
/// given
/// in return once a week. Stored as <c>u64 token time ‖ u64 time we last gave one ‖ token</c>, Unix seconds, big-endian; 0 for never.
/// </summary>
internal sealed class TrustedContacts(DeviceState state, TimeProvider time)
{
    /// <summary>What a <see cref="ClientSideToken"/> is made with.</summary>
    public static readonly DeviceRecordKey SaltKey = Keys.Setting("nct_salt");

    private const long Bucket = 604_800;
    private const int ValidBuckets = 4;
    private const int HeaderLength = 16;
    private const int MaxTokenLength = 1024;

    private readonly HashSet<Jid> _issuing = []; // touched by the one job runner only

    /// <summary>The token that the contact gave, if it is still valid.</summary>
    public static async ValueTask<TrustedContactToken?> FindTokenAsync(DeviceTransaction device, Jid user, DateTimeOffset now, CancellationToken ct) =>
        await ReadAsync(device, user, ct).ConfigureAwait(false) is { Token.Length: > 0 } entry && IsInWindow(entry.TokenTime, now)
            ? new(entry.Token, DateTimeOffset.FromUnixTimeSeconds(Math.Min(entry.TokenTime, now.ToUnixTimeSeconds())))
            : null;

    /// <summary>
    /// What to attach to a message to show that a contact may hear from us: its own token while it is valid, else one made from the salt that
    /// our phone gave us.
    /// </summary>
    public static async ValueTask<Node?> FindAsync(DeviceTransaction device, Jid user, DateTimeOffset now, CancellationToken ct)
    {
        if (await FindTokenAsync(device, user, now, ct).ConfigureAwait(false) is { } token)
            return Node.Of("tctoken", token.Bytes);

        return user.IsLid && await device.ReadAsync(SaltKey, ct).ConfigureAwait(false) is { } salt
            ? Node.Of("cstoken", ClientSideToken.Compute(salt, user))
            : null;
    }

    /// <summary>Stores a token a contact gave us, unless a newer one is known.</summary>
    public static async ValueTask StoreAsync(DeviceTransaction device, Jid user, long tokenTime, byte[] token, CancellationToken ct)
    {
        var known = await ReadAsync(device, user, ct).ConfigureAwait(false);
        if (tokenTime > 0 && tokenTime >= known.TokenTime && token.Length is > 0 and <= MaxTokenLength)
            Write(device, user, known with { TokenTime = tokenTime, Token = token });
    }

    /// <summary>Notes that one of the account's devices has given this contact a token.</summary>
    public static async ValueTask StoreIssuedAsync(DeviceTransaction device, Jid user, long issuedTime, CancellationToken ct)
    {
        var known = await ReadAsync(device, user, ct).ConfigureAwait(false);
        if (issuedTime > known.IssuedTime)
            Write(device, user, known with { IssuedTime = issuedTime });
    }

    /// <summary>Whether we gave this contact a token that is still valid; after its keys changed it needs it again.</summary>
    public async ValueTask<bool> HasIssuedAsync(DeviceTransaction device, Jid user, CancellationToken ct) =>
        IsInWindow((await ReadAsync(device, user, ct).ConfigureAwait(false)).IssuedTime, time.GetUtcNow());

    /// <summary>Gives the contact a token, at most once a week unless forced.</summary>
    public async Task IssueAsync(ServiceConnection connection, Jid user, bool isForced, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        using (var device = await state.BeginAsync(ct).ConfigureAwait(false))
        {
            user = await device.CanonicalAsync(user, ct).ConfigureAwait(false);
            var issued = (await ReadAsync(device, user, ct).ConfigureAwait(false)).IssuedTime;
            if ((!isForced && BucketOf(now) <= issued / Bucket) || !_issuing.Add(user))
                return;
        }

        try
        {
            await connection.RequestAsync("set", "privacy", [Stanzas.IssueToken(user, now)], ct).ConfigureAwait(false);
            using var device = await state.BeginAsync(ct).ConfigureAwait(false);
            Write(device, user, await ReadAsync(device, user, ct).ConfigureAwait(false) with { IssuedTime = now.ToUnixTimeSeconds() });
            device.Publish();
        }
        finally
        {
            _issuing.Remove(user);
        }
    }

    private static async ValueTask<Entry> ReadAsync(DeviceTransaction device, Jid user, CancellationToken ct) =>
        await device.ReadAsync(Keys.TrustedContactToken(user), ct).ConfigureAwait(false) is { Length: >= HeaderLength } data
            ? new(BinaryPrimitives.ReadInt64BigEndian(data), BinaryPrimitives.ReadInt64BigEndian(data.AsSpan(8)), data[HeaderLength..])
            : new(0, 0, []);

    private static void Write(DeviceTransaction device, Jid user, Entry entry)
    {
        var data = new byte[HeaderLength + entry.Token.Length];
        BinaryPrimitives.WriteInt64BigEndian(data, entry.TokenTime);
        BinaryPrimitives.WriteInt64BigEndian(data.AsSpan(8), entry.IssuedTime);
        entry.Token.CopyTo(data, HeaderLength);
        device.Put(Keys.TrustedContactToken(user), data);
    }

    private static bool IsInWindow(long seconds, DateTimeOffset now) => seconds >= (BucketOf(now) - (ValidBuckets - 1)) * Bucket;

    private static long BucketOf(DateTimeOffset now) => now.ToUnixTimeSeconds() / Bucket;

    private sealed record Entry(long TokenTime, long IssuedTime, byte[] Token);
}
