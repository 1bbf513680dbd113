using System.Buffers.Binary;
using Google.Protobuf;
using Recado.Protocol.Crypto;
using Recado.Protocol.Pairing;
using Recado.Protocol.Proto;

namespace Recado.Simulator.Service;

/// <summary>What an unpaired device says about itself at the end of its handshake, checked.</summary>
internal sealed record Registration(byte[] NoiseKey, byte[] IdentityKey, uint RegistrationId, PublicSignedPreKey SignedPreKey, DeviceProps? Props)
{
    private const byte KeyType = 5;

    /// <summary>Reads a registration; a sentence says what is wrong with a bad one.</summary>
    public static Registration? TryRead(ClientPayload payload, byte[] noiseKey, out string? problem)
    {
        var data = payload.DevicePairingData;
        problem = Problem(payload, data);
        if (problem is not null)
            return null;

        var key = new PublicSignedPreKey(PreKeyId.Decode(data.ESkeyId.Span), data.ESkeyVal.ToByteArray(), data.ESkeySig.ToByteArray());
        return new Registration(
            noiseKey, data.EIdent.ToByteArray(), BinaryPrimitives.ReadUInt32BigEndian(data.ERegid.Span), key, PropsOf(data.DeviceProps));
    }

    /// <summary>Whether an identity key has signed a prekey, with the type byte in front.</summary>
    public static bool IsSigned(ReadOnlySpan<byte> identityKey, ReadOnlySpan<byte> preKey, ReadOnlySpan<byte> signature) =>
        XEdDsa.Verify(identityKey, [KeyType, .. preKey], signature);

    private static string? Problem(ClientPayload payload, ClientPayload.Types.DevicePairingData data)
    {
        if (data.ERegid.Length != 4)
            return $"eRegid has {data.ERegid.Length} bytes instead of 4.";
        if (data.EKeytype.Length != 1 || data.EKeytype[0] != KeyType)
            return "eKeytype is not the byte 05.";
        if (data.EIdent.Length != 32 || data.ESkeyVal.Length != 32 || data.ESkeyId.Length != 3 || data.ESkeySig.Length != 64)
            return "A key, id or signature of the registration has a wrong length.";
        if (!IsSigned(data.EIdent.Span, data.ESkeyVal.Span, data.ESkeySig.Span))
            return "The signature of the signed prekey does not verify.";

        if (payload.UserAgent?.AppVersion is not { } app)
            return "The registration names no version.";

        var version = new WebVersion(app.Primary, app.Secondary, app.Tertiary);
        return data.BuildHash.Span.SequenceEqual(version.BuildHash()) ? null : $"buildHash does not belong to the version {version}.";
    }

    private static DeviceProps? PropsOf(ByteString deviceProps)
    {
        try
        {
            return DeviceProps.Parser.ParseFrom(deviceProps);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
