using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recado.Client.AppState;
using Recado.Client.Connection;
using Recado.Client.Pairing;
using Recado.Client.Presence;
using Recado.Client.Stores;
using Recado.Protocol.AppState;
using Recado.Protocol.Users;

namespace Recado.Client.Profile;

/// <summary>The account's own name, about text, picture and privacy settings. Thread-safe.</summary>
public sealed class ProfileClient
{
    /// <summary>How many characters a name may have.</summary>
    public const int LongestName = 25;

    /// <summary>How many characters an about text may have.</summary>
    public const int LongestAbout = 139;

    private const string ReadReceipts = "readreceipts";

    private readonly DeviceState _state;
    private readonly LiveConnection _live;
    private readonly PresenceClient _presence;
    private readonly AppStateSync _appState;
    private readonly TimeProvider _time;
    private volatile IReadOnlyDictionary<string, string>? _privacy;

    internal ProfileClient(DeviceState state, LiveConnection live, PresenceClient presence, AppStateSync appState, TimeProvider time) =>
        (_state, _live, _presence, _appState, _time) = (state, live, presence, appState, time);

    /// <summary>The name the account shows to others; null when this device has not heard it yet.</summary>
    public async Task<string?> GetNameAsync(CancellationToken ct) => await PushName.ReadAsync(_state, ct).ConfigureAwait(false);

    /// <summary>
    /// Sets the account's name, in its settings and so on all its devices. Others see it with the next message or presence.
    /// </summary>
    /// <exception cref="ArgumentException">It is empty, longer than <see cref="LongestName"/>, or holds an @.</exception>
    /// <exception cref="AppStateUnavailableException">The phone has not shared what it takes to change the settings.</exception>
    /// <exception cref="RequestRefusedException">The service refuses the change.</exception>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public async Task SetNameAsync(string name, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Length > LongestName || name.Contains('@', StringComparison.Ordinal))
            throw new ArgumentException($"A name has {LongestName} characters at most, and no @.", nameof(name));

        var connection = _live.Require();
        var change = AppStateChange.SetPushName(name, _time.GetUtcNow());
        await _appState.ChangeAsync(connection, change.Collection, [change.Mutation], ct).ConfigureAwait(false);
        await _presence.AnnounceAsync(connection, name, ct).ConfigureAwait(false);
    }

    /// <summary>Sets the about text; empty for none.</summary>
    /// <exception cref="ArgumentException">It is longer than <see cref="LongestAbout"/>.</exception>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public async Task SetAboutAsync(string text, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > LongestAbout)
            throw new ArgumentException($"An about text has {LongestAbout} characters at most.", nameof(text));

        var connection = _live.Require();
        if (!await TrySetAboutByGraphAsync(connection, text, ct).ConfigureAwait(false))
            await connection.RequestAsync(id => UserRequests.SetAbout(id, text), ct).ConfigureAwait(false);
    }

    /// <summary>Sets the picture.</summary>
    /// <param name="jpeg">A square JPEG, 640 pixels wide.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Its id, if the service tells.</returns>
    /// <exception cref="RequestRefusedException">With 406: the service does not accept it as a picture.</exception>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public async Task<string?> SetPictureAsync(byte[] jpeg, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(jpeg);
        var answer = await _live.Require().RequestAsync(id => UserRequests.SetPicture(id, jpeg), ct).ConfigureAwait(false);
        return answer.Child("picture")?["id"];
    }

    /// <summary>Takes the picture away.</summary>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public Task RemovePictureAsync(CancellationToken ct) => _live.Require().RequestAsync(id => UserRequests.RemovePicture(id), ct);

    /// <summary>The privacy settings: values by name, such as <c>last</c>, <c>online</c>, <c>profile</c>, <c>status</c>, <c>readreceipts</c>.</summary>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public async Task<IReadOnlyDictionary<string, string>> GetPrivacyAsync(CancellationToken ct)
    {
        var answer = await _live.Require().RequestAsync(UserRequests.Privacy, ct).ConfigureAwait(false);
        return _privacy = UserRequests.ParsePrivacy(answer);
    }

    /// <summary>Changes a privacy setting.</summary>
    /// <exception cref="RequestRefusedException">There is no such setting, or it has no such value.</exception>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public async Task SetPrivacyAsync(string name, string value, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(value);
        await _live.Require().RequestAsync(id => UserRequests.SetPrivacy(id, name, value), ct).ConfigureAwait(false);
        _privacy = null;
    }

    /// <summary>Sets after how long messages of new chats disappear; null when they stay.</summary>
    /// <exception cref="RequestRefusedException">The service knows a day, a week and ninety days only.</exception>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public Task SetDisappearingTimerAsync(TimeSpan? timer, CancellationToken ct) =>
        _live.Require().RequestAsync(id => UserRequests.SetDisappearingMode(id, timer), ct);

    /// <summary>The settings were changed on another device.</summary>
    internal void ForgetPrivacy() => _privacy = null;

    /// <summary>Whether others may learn that the account has read their messages. The service is asked once, and tells of changes.</summary>
    internal async Task<bool> ShowsReadingAsync(CancellationToken ct)
    {
        try
        {
            var privacy = _privacy ?? await GetPrivacyAsync(ct).ConfigureAwait(false);
            return privacy.GetValueOrDefault(ReadReceipts) != "none";
        }
        catch (Exception cause) when (cause is RequestRefusedException or RequestTimeoutException)
        {
            return true; // as everyone has it who has not changed it
        }
    }

    /// <summary>The newer of the two ways. Where it is not to be had, the older one is.</summary>
    private static async Task<bool> TrySetAboutByGraphAsync(ServiceConnection connection, string text, CancellationToken ct)
    {
        var variables = new JsonObject { ["input"] = new JsonObject { ["text"] = text } };
        try
        {
            var answer = await connection
                .RequestAsync(id => GraphQuery.Request(id, GraphQuery.UpdateAbout, variables.ToJsonString(Plain)), ct)
                .ConfigureAwait(false);
            return GraphQuery.Parse(answer).ErrorCode is null;
        }
        catch (Exception cause) when (cause is RequestRefusedException or Protocol.ProtocolException)
        {
            return false;
        }
    }

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
