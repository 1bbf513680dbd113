using System.Globalization;
using System.Text.Json;

namespace Recado.Bench.Compare;

/// <summary>Drives the process of <see cref="ServiceVerb"/>.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    /// <summary>A person takes longer. Without it the scan can overtake the party's answer to the service.</summary>
    public static readonly TimeSpan ScanDelay = TimeSpan.FromMilliseconds(100);

    private readonly ChildProcess _child;
    private readonly string _url;
    private readonly string _rootKey;
    private long _lastPhone = 5511_900000000;

    private ServiceProcess(ChildProcess child, JsonElement info)
    {
        _child = child;
        _url = info.GetProperty("url").GetString()!;
        _rootKey = info.GetProperty("rootKey").GetString()!;
    }

    public static async Task<ServiceProcess> StartAsync()
    {
        var child = ChildProcess.StartSelf("service");
        return new ServiceProcess(child, await child.AskAsync(new { command = "info" }));
    }

    /// <summary>A new account with its phone; its number.</summary>
    public async Task<string> AddPhoneAsync()
    {
        var phone = (++_lastPhone).ToString(CultureInfo.InvariantCulture);
        await _child.AskAsync(new { command = "add", phone });
        return phone;
    }

    /// <summary>Lets a party connect a session for each phone; new ones are paired. Without a folder their state stays in memory.</summary>
    public async Task OpenAsync(ChildProcess party, IReadOnlyList<string> phones, string? folder)
    {
        party.OnQr = async (phone, qr) =>
        {
            await Task.Delay(ScanDelay, TimeProvider.System);
            await _child.AskAsync(new { command = "scan", phone, qr });
        };
        await party.AskAsync(new { command = "open", url = _url, rootKey = _rootKey, phones, folder });
    }

    /// <summary>Has a phone encrypt and send texts; returns when the service holds them.</summary>
    public Task SayAsync(string from, string to, int count) => _child.AskAsync(new { command = "say", from, to, count });

    /// <summary>Makes a group of these accounts; each member but its creator gets a second device, if it has none, that never comes online again.</summary>
    /// <returns>The group's JID.</returns>
    public async Task<string> MakeGroupAsync(string creator, IReadOnlyList<string> members) =>
        (await _child.AskAsync(new { command = "group", creator, members })).GetString()!;

    /// <summary>Fails when a party has broken the protocol: its figures would be worth nothing.</summary>
    public async Task RequirePeaceAsync()
    {
        var violations = await _child.AskAsync(new { command = "violations" });
        if (violations.GetArrayLength() > 0)
            throw new BenchException($"The service saw {violations.GetArrayLength()} violation(s) of the protocol; the first: {violations[0]}");
    }

    public ValueTask DisposeAsync() => _child.DisposeAsync();
}
