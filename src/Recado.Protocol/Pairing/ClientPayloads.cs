using System.Buffers.Binary;
using System.Globalization;
using Google.Protobuf;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;

namespace Recado.Protocol.Pairing;

/// <summary>The payload of the last handshake message: who is connecting, and as what.</summary>
public static class ClientPayloads
{
    private const uint HistoryStorageQuotaMb = 10_240;
    private const uint ThumbnailSyncDays = 60;

    /// <summary>For a device that is not paired yet. The service answers with the refs of the QR code.</summary>
    public static byte[] Registration(DeviceProfile profile, WebVersion version, LocalIdentity identity, SignedPreKey signedPreKey)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentNullException.ThrowIfNull(signedPreKey);
        var registrationId = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(registrationId, identity.RegistrationId);

        var payload = Common(profile, version);
        payload.Passive = false;
        payload.Pull = false;
        payload.DevicePairingData = new()
        {
            ERegid = ByteString.CopyFrom(registrationId),
            EKeytype = ByteString.CopyFrom(PublicKey.Type),
            EIdent = ByteString.CopyFrom(identity.KeyPair.PublicKey),
            ESkeyId = ByteString.CopyFrom(PreKeyId.Encode(signedPreKey.Id)),
            ESkeyVal = ByteString.CopyFrom(signedPreKey.KeyPair.PublicKey),
            ESkeySig = ByteString.CopyFrom(signedPreKey.Signature),
            BuildHash = ByteString.CopyFrom(version.BuildHash()),
            DeviceProps = DeviceProps(profile).ToByteString(),
        };
        return payload.ToByteArray();
    }

    /// <summary>For a paired device. The service answers with <c>success</c> or <c>failure</c>.</summary>
    /// <param name="profile">The profile the device registered with.</param>
    /// <param name="version">The current version.</param>
    /// <param name="device">The own phone number JID with the device number given at pairing.</param>
    /// <exception cref="ArgumentException">The JID is not a phone number.</exception>
    public static byte[] Login(DeviceProfile profile, WebVersion version, Jid device)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (!device.IsPhoneNumber || !ulong.TryParse(device.User, NumberStyles.None, CultureInfo.InvariantCulture, out var username))
            throw new ArgumentException("Login needs the phone number JID the device was paired with.", nameof(device));

        var payload = Common(profile, version);
        payload.Username = username;
        payload.Device = device.Device;
        payload.Passive = true;
        payload.Pull = true;
        payload.Lc = 1;
        payload.LidDbMigrated = true;
        return payload.ToByteArray();
    }

    /// <summary>The service's side: reads either kind; a registration is the one with <c>DevicePairingData</c>.</summary>
    /// <exception cref="ProtocolException">The bytes are not a client payload (<see cref="ProtocolError.MalformedPayload"/>).</exception>
    public static ClientPayload Parse(ReadOnlySpan<byte> payload) =>
        Protobuf.TryParse(ClientPayload.Parser, payload)
        ?? throw ProtocolException.MalformedPayload("The client payload is not a valid protobuf.");

    private static ClientPayload Common(DeviceProfile profile, WebVersion version) => new()
    {
        UserAgent = new()
        {
            Platform = ClientPayload.Types.UserAgent.Types.Platform.Web,
            AppVersion = new() { Primary = version.Primary, Secondary = version.Secondary, Tertiary = version.Tertiary },
            Mcc = "000",
            Mnc = "000",
            OsVersion = "0.1",
            Manufacturer = "",
            Device = "Desktop",
            OsBuildNumber = "0.1",
            ReleaseChannel = ClientPayload.Types.UserAgent.Types.ReleaseChannel.Release,
            LocaleLanguageIso6391 = profile.Language,
            LocaleCountryIso31661Alpha2 = profile.Country,
        },
        WebInfo = new() { WebSubPlatform = ClientPayload.Types.WebInfo.Types.WebSubPlatform.WebBrowser },
        ConnectType = ClientPayload.Types.ConnectType.WifiUnknown,
        ConnectReason = ClientPayload.Types.ConnectReason.UserActivated,
    };

    private static DeviceProps DeviceProps(DeviceProfile profile) => new()
    {
        Os = profile.OsName,
        Version = new()
        {
            Primary = profile.OsVersion.Primary,
            Secondary = profile.OsVersion.Secondary,
            Tertiary = profile.OsVersion.Tertiary,
        },
        PlatformType = (DeviceProps.Types.PlatformType)profile.Platform,
        RequireFullSync = profile.RequireFullSync,
        HistorySyncConfig = new()
        {
            StorageQuotaMb = HistoryStorageQuotaMb,
            InlineInitialPayloadInE2EeMsg = true,
            SupportCallLogHistory = true,
            SupportBotUserAgentChatHistory = true,
            SupportCagReactionsAndPolls = true,
            SupportBizHostedMsg = true,
            SupportRecentSyncChunkMessageCountTuning = true,
            SupportHostedGroupMsg = true,
            SupportFbidBotChatHistory = true,
            SupportMessageAssociation = true,
            SupportGroupHistory = true,
            ThumbnailSyncDaysLimit = ThumbnailSyncDays,
            SupportManusHistory = true,
            SupportHatchHistory = true,
        },
    };
}
