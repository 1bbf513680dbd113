using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Simulator.Accounts;
using Recado.Simulator.Faults;
using Recado.Simulator.Phones;
using Recado.Simulator.Service;
using Recado.Simulator.Trace;

namespace Recado.Simulator;

/// <summary>
/// A WhatsApp service with simulated phones, in this process: strict about the protocol, silent towards the network. Thread-safe.
/// </summary>
public sealed partial class SimulatedService : IAsyncDisposable
{
    private const int MinDigits = 7, MaxDigits = 15;

    private readonly Exchange _exchange;
    private readonly ServiceIdentity _identity;
    private readonly SimulatorOptions _options;

    /// <summary>Where clients connect: <c>ws://host:port/ws/chat</c>.</summary>
    /// <exception cref="InvalidOperationException">The hosting web server has not started.</exception>
    public Uri WebSocketUrl => new UriBuilder(Address) { Scheme = Address.Scheme == Uri.UriSchemeHttps ? "wss" : "ws", Path = SimulatorEndpoints.WebSocketPath }.Uri;

    /// <summary>Base of the control API: <c>http://host:port/simulator/</c>.</summary>
    /// <exception cref="InvalidOperationException">The hosting web server has not started.</exception>
    public Uri ControlUrl => new(Address, SimulatorEndpoints.ControlPath + "/");

    /// <summary>The 32-byte root key that the service's certificates chain to.</summary>
    public ReadOnlyMemory<byte> RootKey => _identity.RootKey;

    /// <summary>Where files are uploaded and downloaded: <c>https://host:port</c>, under a certificate of <see cref="MediaAuthorityPem"/>.</summary>
    /// <exception cref="InvalidOperationException">The hosting web server has not started.</exception>
    public Uri MediaUrl => new($"https://{_exchange.Media.Address ?? throw new InvalidOperationException("The media host has not started, so its address is not known yet.")}");

    /// <summary>Certificate, in PEM, of the authority that clients must trust to reach the media host.</summary>
    public string MediaAuthorityPem => _exchange.Media.AuthorityPem;

    /// <summary>The same certificate as a file.</summary>
    public string MediaAuthorityFile => _exchange.Media.AuthorityFile;

    /// <summary>What went over the wire, decrypted, and every violation of the protocol.</summary>
    public ServiceTrace Trace => _exchange.Trace;

    /// <summary>Faults to come.</summary>
    public FaultPlan Faults => _exchange.Faults;

    /// <summary>The phones, in the order of their numbers.</summary>
    public IReadOnlyList<SimulatedPhone> Phones => _exchange.Read(() => (IReadOnlyList<SimulatedPhone>)[.. _exchange.Accounts.All.Select(Facade)]);

    /// <summary>The web server the service is mapped into; set when it is.</summary>
    internal IServer? Server { get; set; }

    private Uri Address =>
        Server?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } address
            ? new Uri(address.Replace("[::]", "127.0.0.1", StringComparison.Ordinal).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal))
            : throw new InvalidOperationException("The web server that hosts the simulated service has not started, so its address is not known yet.");

    /// <summary>Adds an account with its phone, or returns the phone that has the number already.</summary>
    /// <param name="phoneNumber">International number; everything but digits is ignored. 7 to 15 digits, not starting with 0.</param>
    /// <param name="name">Push name; the number when absent.</param>
    /// <exception cref="ArgumentException">The number is not one.</exception>
    public SimulatedPhone AddPhone(string phoneNumber, string? name = null)
    {
        var digits = Digits(phoneNumber);
        if (digits.Length is < MinDigits or > MaxDigits || digits[0] == '0')
            throw new ArgumentException($"A number has {MinDigits} to {MaxDigits} digits and does not start with 0.", nameof(phoneNumber));

        return _exchange.Run(() => Facade(_exchange.Accounts.ByPhone(digits) ?? NewAccount(digits, name)));
    }

    /// <summary>The phone with this number.</summary>
    /// <exception cref="KeyNotFoundException">No account has the number.</exception>
    public SimulatedPhone Phone(string phoneNumber)
    {
        var digits = Digits(phoneNumber);
        return _exchange.Read(() => _exchange.Accounts.ByPhone(digits) is { } account
            ? Facade(account)
            : throw new KeyNotFoundException($"No account has the number {digits}."));
    }

    /// <summary>Cuts every connection, or those of one account, without a word.</summary>
    public Task DropConnectionsAsync(string? phoneNumber = null)
    {
        _exchange.Run(() =>
        {
            foreach (var connection in Connections(phoneNumber))
            {
                connection.Abort();
            }
        });
        return Task.CompletedTask;
    }

    /// <summary>Sends <c>stream:error</c> to every connection, or to those of one account, and closes them.</summary>
    /// <param name="code">Value of the <c>code</c> attribute; none when <see langword="null"/>.</param>
    /// <param name="conflict">Type of a <c>conflict</c> child, such as <c>replaced</c>.</param>
    /// <param name="phoneNumber">The account; all when <see langword="null"/>.</param>
    public Task SendStreamErrorAsync(int? code, string? conflict = null, string? phoneNumber = null)
    {
        _exchange.Run(() =>
        {
            foreach (var connection in Connections(phoneNumber))
            {
                connection.Close(conflict is null ? Stanzas.StreamError(code) : Stanzas.StreamError(code, Stanzas.Conflict(conflict)));
            }
        });
        return Task.CompletedTask;
    }

    /// <summary>Sends any stanza to every connection, or to those of one account: for what no phone here does by itself. It is not queued or repeated.</summary>
    /// <param name="stanza">The stanza; its id must be one the service has not used.</param>
    /// <param name="phoneNumber">The account; all, linked or not, when <see langword="null"/>.</param>
    public Task SendStanzaAsync(Node stanza, string? phoneNumber = null)
    {
        ArgumentNullException.ThrowIfNull(stanza);
        _exchange.Run(() =>
        {
            foreach (var connection in Connections(phoneNumber))
            {
                connection.Send(stanza);
            }
        });
        return Task.CompletedTask;
    }

    /// <summary>Lets the media host forget every file, as WhatsApp's do after some weeks.</summary>
    /// <param name="keepOnPhones">Whether the phones can upload the files again when they are asked to.</param>
    /// <returns>How many files there were.</returns>
    public int ForgetMedia(bool keepOnPhones = true) => _exchange.Media.Files.ForgetAll(keepOnPhones);

    /// <summary>Ends every leave to upload, as time does: the next upload is refused until the client asks for a new one.</summary>
    public void ForgetMediaTokens() => _exchange.Media.ForgetTokens();

    private static string Digits(string phoneNumber)
    {
        ArgumentNullException.ThrowIfNull(phoneNumber);
        return string.Concat(phoneNumber.Where(char.IsAsciiDigit));
    }

    private SimulatedPhone Facade(Account account) => new(_exchange, account.Endpoint);

    private Account NewAccount(string phone, string? name)
    {
        string lid;
        do
        {
            // Fifteen digits, as WhatsApp's are; never a phone number of this service.
            lid = (100_000_000_000_000 + (BitConverter.ToUInt64(_options.Random.Bytes(8)) % 900_000_000_000_000)).ToString(CultureInfo.InvariantCulture);
        }
        while (_exchange.Accounts.HasLid(lid) || _exchange.Accounts.ByPhone(lid) is not null);

        var account = new Account(phone, lid, string.IsNullOrWhiteSpace(name) ? phone : name, BitConverter.ToUInt32(_options.Random.Bytes(4)));
        _ = new PhoneEndpoint(_exchange, account);
        _exchange.Accounts.Add(account);
        _exchange.Checkpoint();
        return account;
    }

    private List<ClientConnection> Connections(string? phoneNumber)
    {
        var digits = phoneNumber is null ? null : Digits(phoneNumber);
        lock (_connections)
            return [.. _connections.Where(c => digits is null || c.Device?.Account.Phone == digits)];
    }
}
