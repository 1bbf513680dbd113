using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using Recado.Client.Connection;
using Recado.Client.Stores;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Protocol.Pairing;
using Recado.Protocol.Signal;

namespace Recado.Client.Pairing;

/// <summary>
/// Keeps the service stocked with one-time prekeys, and rotates the signed one. Private keys are saved before their public halves leave;
/// keys whose upload was not confirmed are offered again before new ones are made.
/// </summary>
internal sealed class PreKeyStock(DeviceState state, OwnDevice own, ClientOptions options, ILogger logger)
{
    private const int FirstStock = 812;
    private const int Refill = 50;
    private const int LowWater = 5;

    private static readonly DeviceRecordKey RangeKey = Keys.Setting("prekeys");
    private static readonly TimeSpan UploadTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RotatedKeyLifetime = TimeSpan.FromDays(60);

    private readonly SemaphoreSlim _uploading = new(1, 1);

    /// <summary>Asks how many keys the service has left and uploads more if they run low.</summary>
    public async Task ReplenishAsync(ServiceConnection connection, CancellationToken ct)
    {
        await _uploading.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var answer = await connection.RequestAsync("get", "encrypt", [new Node("count")], ct).ConfigureAwait(false);
            var remaining = answer.Child("count")?.NumberOf("value") ?? 0;
            if (remaining < LowWater)
                await UploadAsync(connection, remaining == 0 ? FirstStock : Refill, remaining, ct).ConfigureAwait(false);
        }
        finally
        {
            _uploading.Release();
        }
    }

    /// <summary>
    /// Replaces the signed prekey when it has been in use for longer than the options allow. The old one still opens late messages.
    /// </summary>
    public async Task RotateAsync(ServiceConnection connection, CancellationToken ct)
    {
        var credentials = own.Paired;
        if (options.SignedPreKeyLifetime is not { } lifetime || options.Time.GetUtcNow() - credentials.SignedPreKeySince < lifetime)
            return;

        SignedPreKey next;
        using (var device = await state.BeginAsync(ct).ConfigureAwait(false))
        {
            // A key whose upload was not confirmed may be in use already: it is offered again, never replaced under its id.
            var id = PreKey.NextId(credentials.SignedPreKey.Id);
            next =
                await FindSignedAsync(device, id, ct).ConfigureAwait(false)
                ?? SignedPreKey.Create(id, credentials.Identity.KeyPair, options.Random);
            WriteSigned(device, next);
            await device.Publish().WaitUntilDurableAsync(ct).ConfigureAwait(false);
        }

        await connection.RequestAsync(id => PreKeyStanzas.Rotate(id, next), ct, UploadTimeout).ConfigureAwait(false);
        using (var device = await state.BeginAsync(ct).ConfigureAwait(false))
        {
            WriteSigned(device, credentials.SignedPreKey, options.Time.GetUtcNow() + RotatedKeyLifetime);
            own.Replace(device, own.Paired with { SignedPreKey = next, SignedPreKeySince = options.Time.GetUtcNow() });
            device.Publish();
        }
    }

    /// <summary>Makes a key for one retry request; it is never offered elsewhere.</summary>
    public async ValueTask<PreKey> MakeForRetryAsync(DeviceTransaction device, CancellationToken ct)
    {
        var range = await ReadRangeAsync(device, ct).ConfigureAwait(false);
        var key = new PreKey(range.Next, KeyPair.Generate(options.Random));
        var next = PreKey.NextId(range.Next);
        Write(device, key, isReserved: true);
        WriteRange(device, new(next, range.Confirmed == range.Next ? next : range.Confirmed));
        return key;
    }

    public static async ValueTask<PreKey?> FindAsync(DeviceTransaction device, uint id, CancellationToken ct) =>
        await device.ReadAsync(Keys.PreKey(id), ct).ConfigureAwait(false) is { Length: 33 } data
            ? new PreKey(id, KeyPair.FromPrivateKey(data.AsSpan(0, 32)))
            : null;

    public static async ValueTask<SignedPreKey?> FindSignedAsync(DeviceTransaction device, uint id, CancellationToken ct) =>
        await device.ReadAsync(Keys.SignedPreKey(id), ct).ConfigureAwait(false) is { Length: 96 } data
            ? new SignedPreKey(id, KeyPair.FromPrivateKey(data.AsSpan(0, 32)), data[32..])
            : null;

    public static void WriteSigned(DeviceTransaction device, SignedPreKey key, DateTimeOffset? expiresAt = null) =>
        device.Put(Keys.SignedPreKey(key.Id), [.. key.KeyPair.PrivateKey, .. key.Signature], expiresAt: expiresAt);

    private async Task UploadAsync(ServiceConnection connection, int wanted, long remaining, CancellationToken ct)
    {
        // Made before the device is taken: hundreds of keys take a while.
        var fresh = new Queue<KeyPair>(Enumerable.Range(0, wanted).Select(_ => KeyPair.Generate(options.Random)));
        var keys = new List<PreKey>(wanted);
        uint end;
        Publication saved;
        using (var device = await state.BeginAsync(ct).ConfigureAwait(false))
        {
            var range = await ReadRangeAsync(device, ct).ConfigureAwait(false);
            for (var id = range.Confirmed; id != range.Next && keys.Count < wanted; id = PreKey.NextId(id))
            {
                if (await device.ReadAsync(Keys.PreKey(id), ct).ConfigureAwait(false) is [.. var key, 0])
                    keys.Add(new(id, KeyPair.FromPrivateKey(key)));
            }

            var next = range.Next;
            for (; keys.Count < wanted; next = PreKey.NextId(next))
            {
                keys.Add(new(next, fresh.Dequeue()));
                Write(device, keys[^1], isReserved: false);
            }

            end = keys.Count == 0 ? next : PreKey.NextId(keys[^1].Id);
            WriteRange(device, range with { Next = next });
            saved = device.Publish();
        }

        await saved.WaitUntilDurableAsync(ct).ConfigureAwait(false);
        var credentials = own.Paired;
        await SendAsync(connection, id => PreKeyStanzas.Upload(id, credentials.Identity, keys, credentials.SignedPreKey), ct)
            .ConfigureAwait(false);
        ClientLog.PreKeysUploaded(logger, keys.Count, remaining);

        using (var device = await state.BeginAsync(ct).ConfigureAwait(false))
        {
            WriteRange(device, await ReadRangeAsync(device, ct).ConfigureAwait(false) with { Confirmed = end });
            device.Publish();
        }
    }

    private async Task SendAsync(ServiceConnection connection, Func<string, Node> makeUpload, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await connection.RequestAsync(makeUpload, ct, UploadTimeout).ConfigureAwait(false);
                return;
            }
            catch (Exception cause) when (cause is RequestTimeoutException or RequestRefusedException { IsTransient: true } && attempt < 3)
            {
                await Task.Delay(TimeSpan.FromSeconds(1 << attempt), options.Time, ct).ConfigureAwait(false);
            }
        }
    }

    private static void Write(DeviceTransaction device, PreKey key, bool isReserved) =>
        device.Put(Keys.PreKey(key.Id), [.. key.KeyPair.PrivateKey, isReserved ? (byte)1 : (byte)0]);

    private static async ValueTask<Range> ReadRangeAsync(DeviceTransaction device, CancellationToken ct) =>
        await device.ReadAsync(RangeKey, ct).ConfigureAwait(false) is { Length: 8 } data
            ? new(BinaryPrimitives.ReadUInt32BigEndian(data), BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(4)))
            : new(1, 1);

    private static void WriteRange(DeviceTransaction device, Range range)
    {
        var data = new byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(data, range.Next);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(4), range.Confirmed);
        device.Put(RangeKey, data);
    }

    /// <summary>
    /// Ids from <paramref name="Confirmed"/> up to, not including, <paramref name="Next"/> were made but perhaps never arrived.
    /// </summary>
    private sealed record Range(uint Next, uint Confirmed);
}
