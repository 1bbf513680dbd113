using Microsoft.Data.Sqlite;
using Recado.Simulator;

namespace Recado.Interop.Tests.Harness;

/// <summary>Our server and Baileys, each linked to the phone of an account of its own.</summary>
internal sealed class Conversation : IAsyncDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("recado-interop-").FullName;

    private Conversation(SimulatedService service)
    {
        Service = service;
        OurPhone = service.AddPhone("5511900000001", "Ana");
        TheirPhone = service.AddPhone("5511900000002", "Ben");
    }

    public SimulatedService Service { get; }

    public SimulatedPhone OurPhone { get; }

    public SimulatedPhone TheirPhone { get; }

    public RecadoServer Server { get; private set; } = null!;

    /// <summary>The server's session.</summary>
    public string Session { get; private set; } = null!;

    public BaileysClient Baileys { get; private set; } = null!;

    /// <summary>Starts both and links them.</summary>
    public static async Task<Conversation> StartAsync(CancellationToken ct)
    {
        var conversation = new Conversation(await SimulatedService.StartAsync(ct: ct));
        try
        {
            await Task.WhenAll(conversation.LinkServerAsync(ct), conversation.LinkBaileysAsync(ct));
            return conversation;
        }
        catch
        {
            await conversation.DisposeAsync();
            throw;
        }
    }

    /// <summary>Exchanges a text each way, so that both sides hold a settled session. Returns the chat as Baileys names it.</summary>
    public async Task<string> SettleAsync(CancellationToken ct)
    {
        await Server.SendTextAsync(Session, TheirPhone.PhoneNumber, "first", ct);
        var first = await Baileys.ReceiveAsync("first", ct);
        await Baileys.SendTextAsync(first.Chat, "second", ct);
        await Server.ReceiveAsync(Session, "second", ct);
        return first.Chat;
    }

    /// <summary>Ends the server as a power cut would.</summary>
    public ValueTask StopServerAsync() => Server.DisposeAsync();

    /// <summary>Starts the server on what it has stored, and waits until the session is back.</summary>
    public async Task StartServerAsync(CancellationToken ct)
    {
        Server = await RecadoServer.StartAsync(Service, _data, ct);
        await Server.StateAsync(Session, "connected", ct);
    }

    /// <summary>Takes the stopped server's records of a kind away, as a damaged database would: <c>session</c> or <c>sender_key</c>.</summary>
    public async Task DeleteServerRecordsAsync(string kind, CancellationToken ct)
    {
        var database = Assert.Single(Directory.GetFiles(_data, "*.db"));
        await using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        await connection.OpenAsync(ct);
        await using var delete = connection.CreateCommand();
        delete.CommandText = "delete from device_records where kind = $kind";
        delete.Parameters.AddWithValue("$kind", kind);
        Assert.NotEqual(0, await delete.ExecuteNonQueryAsync(ct));
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
            await Server.DisposeAsync();
        if (Baileys is not null)
            await Baileys.DisposeAsync();
        await Service.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private async Task LinkServerAsync(CancellationToken ct)
    {
        Server = await RecadoServer.StartAsync(Service, _data, ct);
        Session = await Server.PairAsync(OurPhone, ct);
    }

    private async Task LinkBaileysAsync(CancellationToken ct) => Baileys = await BaileysClient.PairAsync(Service, TheirPhone, ct);
}
