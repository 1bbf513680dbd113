using System.Buffers.Binary;
using System.Text;
using Recado.Client.Stores;
using Recado.Protocol.AppState;

namespace Recado.Client.AppState;

/// <summary>What is to be done about a collection.</summary>
internal enum AppStateStep : byte
{
    /// <summary>Fetch what is new.</summary>
    Fetch = 1,

    /// <summary>Nothing until the phone shares keys; the detail names them.</summary>
    WaitForKeys = 2,

    /// <summary>Nothing until the phone gives the whole in plain text, or the service has news.</summary>
    WaitForPhone = 3,

    /// <summary>Take what the phone has given; the detail is it.</summary>
    Recover = 4,
}

/// <summary>A stored step: <c>u8 step ‖ u64 number ‖ detail</c>, big-endian. The number tells a step from a later one of the same kind.</summary>
internal sealed record AppStateTask(AppStateStep Step, ulong Number, byte[] Detail)
{
    private const int HeaderLength = 1 + sizeof(ulong);

    /// <summary>The ids of the keys that are waited for, in hexadecimal.</summary>
    public IReadOnlyCollection<string> MissingKeys => Encoding.ASCII.GetString(Detail).Split(',');

    public static AppStateTask Waiting(ulong number, IEnumerable<string> keys) =>
        new(AppStateStep.WaitForKeys, number, Encoding.ASCII.GetBytes(string.Join(',', keys)));

    public static AppStateTask Parse(byte[] data) => data.Length < HeaderLength
        ? throw new FormatException("A stored task about settings is too short.")
        : new((AppStateStep)data[0], BinaryPrimitives.ReadUInt64BigEndian(data.AsSpan(1)), data[HeaderLength..]);

    public static async ValueTask<AppStateTask?> ReadAsync(DeviceTransaction device, AppStateCollection collection, CancellationToken ct) =>
        await device.ReadAsync(Keys.AppStateTask(collection), ct).ConfigureAwait(false) is { } data ? Parse(data) : null;

    public void Write(DeviceTransaction device, AppStateCollection collection)
    {
        var data = new byte[HeaderLength + Detail.Length];
        data[0] = (byte)Step;
        BinaryPrimitives.WriteUInt64BigEndian(data.AsSpan(1), Number);
        Detail.CopyTo(data, HeaderLength);
        device.Put(Keys.AppStateTask(collection), data);
    }
}
