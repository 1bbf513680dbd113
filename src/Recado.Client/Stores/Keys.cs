using Recado.Protocol;
using Recado.Protocol.AppState;
using Recado.Protocol.Signal;

namespace Recado.Client.Stores;

/// <summary>Where things are kept: one place for the names of records.</summary>
internal static class Keys
{
    public const string HistoryJobPrefix = "job/";
    public const string AppStateKeyPrefix = "app_state_key/";

    public static DeviceRecordKey Session(SignalAddress address) => new(DeviceRecordKind.Session, address.ToString());

    public static DeviceRecordKey Identity(SignalAddress address) => new(DeviceRecordKind.Identity, address.ToString());

    public static DeviceRecordKey PreKey(uint id) => new(DeviceRecordKind.PreKey, Number(id));

    public static DeviceRecordKey SignedPreKey(uint id) => new(DeviceRecordKind.SignedPreKey, Number(id));

    public static DeviceRecordKey LidByPhone(Jid phoneNumber) => new(DeviceRecordKind.LidByPhone, phoneNumber.User);

    public static DeviceRecordKey PhoneByLid(Jid lid) => new(DeviceRecordKind.PhoneByLid, lid.User);

    public static DeviceRecordKey DeviceList(Jid user) => new(DeviceRecordKind.DeviceList, user.ToString());

    public static DeviceRecordKey SenderKey(Jid group, SignalAddress sender) => new(DeviceRecordKind.SenderKey, $"{group}/{sender}");

    public static DeviceRecordKey SenderKeyDistribution(Jid group) => new(DeviceRecordKind.SenderKeyDistribution, group.ToString());

    public static DeviceRecordKey Group(Jid group) => new(DeviceRecordKind.Group, group.ToString());

    public static DeviceRecordKey SentMessage(string messageId) => new(DeviceRecordKind.SentMessage, messageId);

    public static DeviceRecordKey MessageSecret(Jid chat, string messageId) => new(DeviceRecordKind.MessageSecret, $"{chat}/{messageId}");

    /// <summary>How often we asked for a message again.</summary>
    public static DeviceRecordKey RetryAsked(Jid chat, SignalAddress sender, string messageId) =>
        new(DeviceRecordKind.RetryCount, $"asked/{chat}/{sender}/{messageId}");

    /// <summary>How often a device got a message again from us.</summary>
    public static DeviceRecordKey RetryGiven(SignalAddress requester, string messageId) =>
        new(DeviceRecordKind.RetryCount, $"given/{requester}/{messageId}");

    /// <summary>By which session a device was not served, when it asked for a message again.</summary>
    public static DeviceRecordKey RetryBaseKey(SignalAddress requester, string messageId) =>
        new(DeviceRecordKind.RetryCount, $"base/{requester}/{messageId}");

    /// <summary>When a device got a new session for the sake of its retries.</summary>
    public static DeviceRecordKey SessionRenewed(SignalAddress requester) => new(DeviceRecordKind.RetryCount, $"renewed/{requester}");

    public static DeviceRecordKey TrustedContactToken(Jid user) => new(DeviceRecordKind.TrustedContactToken, user.ToString());

    /// <summary>Whether a phone number, in digits, has WhatsApp.</summary>
    public static DeviceRecordKey NumberStatus(string digits) => new(DeviceRecordKind.NumberStatus, digits);

    /// <summary>A part of the history, by the phone's message that announced it.</summary>
    public static DeviceRecordKey HistoryJob(string id) => new(DeviceRecordKind.HistoryJob, HistoryJobPrefix + id);

    /// <summary>How many messages of a part have been published.</summary>
    public static DeviceRecordKey HistoryMark(string id) => new(DeviceRecordKind.HistoryJob, $"mark/{id}");

    /// <summary>A key of the account's settings, by its id in hexadecimal.</summary>
    public static DeviceRecordKey AppStateKey(string id) => new(DeviceRecordKind.Setting, AppStateKeyPrefix + id);

    /// <summary>That the phone was asked for a key.</summary>
    public static DeviceRecordKey AppStateKeyAsked(string id) => new(DeviceRecordKind.Setting, $"app_state_key_asked/{id}");

    /// <summary>That the phone was asked for a whole collection.</summary>
    public static DeviceRecordKey AppStateRecoveryAsked(AppStateCollection collection) =>
        new(DeviceRecordKind.Setting, $"app_state_recovery_asked/{collection.ToName()}");

    public static DeviceRecordKey AppStateVersion(AppStateCollection collection) => new(DeviceRecordKind.AppStateVersion, collection.ToName());

    public static DeviceRecordKey AppStateMac(AppStateCollection collection, string indexMac) =>
        new(DeviceRecordKind.AppStateMac, AppStateMacPrefix(collection) + indexMac);

    public static string AppStateMacPrefix(AppStateCollection collection) => $"{collection.ToName()}/";

    public static DeviceRecordKey AppStateTask(AppStateCollection collection) => new(DeviceRecordKind.AppStateTask, collection.ToName());

    public static DeviceRecordKey ContactName(Jid user) => new(DeviceRecordKind.ContactName, user.ToUser().ToString());

    public static DeviceRecordKey Placeholder(Jid chat, Jid sender, string messageId) =>
        new(DeviceRecordKind.PlaceholderRequest, $"{chat}/{sender}/{messageId}");

    public static DeviceRecordKey Setting(string name) => new(DeviceRecordKind.Setting, name);

    // Fixed width, so that the stores' ordinal order is the numeric one.
    private static string Number(uint id) => id.ToString("D8");
}
