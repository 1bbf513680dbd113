using Google.Protobuf;
using Recado.Client.AppState;
using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.History;
using Recado.Client.Pairing;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.History;
using Recado.Protocol.Proto;
using SyncType = Recado.Protocol.Proto.HistorySyncNotification.Types.HistorySyncType;
using RecoveryResponse = Recado.Protocol.Proto.PeerDataOperationRequestResponseMessage.Types.SyncdSnapshotFatalRecoveryResponse;
using ProtocolType = Recado.Protocol.Proto.ProtocolMessage.Types.Type;

namespace Recado.Client.Receiving;

/// <summary>What our own devices tell each other inside messages. Nothing of it is believed from anybody else.</summary>
internal sealed class PeerMessages(OwnDevice own, HistoryJobs history, PlaceholderResends placeholders, AppStateSync appState)
{
    private const int MaxMappings = 20_000;

    /// <summary>Whether the message is traffic between the devices of one account rather than something to read.</summary>
    public static bool IsForOwnDevices(Message message) =>
        message.ProtocolMessage is { HasType: true } protocol
        && protocol.Type
            is ProtocolType.HistorySyncNotification
                or ProtocolType.AppStateSyncKeyShare
                or ProtocolType.AppStateSyncKeyRequest
                or ProtocolType.InitialSecurityNotificationSettingSync
                or ProtocolType.AppStateFatalExceptionNotification
                or ProtocolType.PeerDataOperationRequest
                or ProtocolType.PeerDataOperationRequestResponse
                or ProtocolType.LidMigrationMappingSync;

    public async ValueTask HandleAsync(
        DeviceTransaction device,
        Node stanza,
        MessageSource source,
        ProtocolMessage message,
        ServiceConnection connection,
        CancellationToken ct)
    {
        if (source.Sender.Device != 0)
            return; // keys, history and names come from the phone alone

        switch (message.Type)
        {
            case ProtocolType.AppStateSyncKeyShare:
                if (message.AppStateSyncKeyShare is { } share)
                    await appState.TakeKeysAsync(device, share, ct).ConfigureAwait(false);
                break;
            case ProtocolType.HistorySyncNotification:
                if (message.HistorySyncNotification is { SyncType: not (SyncType.NoHistory or SyncType.MessageAccessStatus) } notification)
                    history.Add(device, source.Id, notification);
                device.Send(connection, HistoryNotification.Receipt(source.Id, own.Paired.PhoneNumber!.Value));
                break;
            case ProtocolType.PeerDataOperationRequestResponse when message.PeerDataOperationRequestResponseMessage is { } answer:
                await placeholders.TakeAnswerAsync(device, answer, ct).ConfigureAwait(false);
                foreach (var recovery in answer.PeerDataOperationResult.Select(result => result.SyncdSnapshotFatalRecoveryResponse).OfType<RecoveryResponse>())
                    appState.TakeRecovery(device, recovery);
                break;
            case ProtocolType.LidMigrationMappingSync:
                await LearnMappingsAsync(device, message.LidMigrationMappingSyncMessage?.EncodedMappingPayload, ct).ConfigureAwait(false);
                break;
        }
    }

    private static async ValueTask LearnMappingsAsync(DeviceTransaction device, ByteString? payload, CancellationToken ct)
    {
        if (payload is null)
            return;

        try
        {
            foreach (var mapping in LidMigrationMappingSyncPayload.Parser.ParseFrom(payload).PnToLidMappings.Take(MaxMappings))
            {
                var lid = mapping.HasLatestLid ? mapping.LatestLid : mapping.AssignedLid;
                if (mapping.Pn != 0 && lid != 0)
                    await device
                        .LearnAsync(new Jid(mapping.Pn.ToString(), JidServer.PhoneNumber), new Jid(lid.ToString(), JidServer.Lid), ct)
                        .ConfigureAwait(false);
            }
        }
        catch (InvalidProtocolBufferException)
        {
            throw ProtocolException.MalformedPayload("The list of LIDs from the phone cannot be read.");
        }
    }
}
