using Recado.Protocol.Binary;
using Recado.Simulator.Tests.Clients;

namespace Recado.Simulator.Tests;

public sealed class StateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recado-simulator-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string StateFile => Path.Combine(_folder, "nested", "simulator.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Start_WhenStoppedBefore_KeepsProfiles()
    {
        await using (var service = await StartAsync())
        {
            var phone = service.AddPhone("5511900000001", "Ana");
            service.AddPhone("5511900000002", "Bia");
            phone.SetAbout("still here");
            phone.SetPicture(Jpeg.OfSize(100, 100));
            phone.SetPrivacy("readreceipts", "none");
            phone.SetBlocked("5511900000002", isBlocked: true);
        }

        await using var again = await StartAsync();
        var ana = again.Phone("5511900000001");

        Assert.Equal(("still here", "none"), (ana.About, ana.Privacy["readreceipts"]));
        Assert.Equal(Jpeg.OfSize(100, 100), ana.Picture!.Value.ToArray());
        Assert.Equal(["5511900000002"], ana.Blocked);
    }

    [Fact]
    public async Task Start_WhenStoppedBefore_ContinuesWhereItWas()
    {
        var device = new RawDevice();
        byte[] root;
        await using (var service = await StartAsync())
        {
            root = service.RootKey.ToArray();
            await RawClient.PairAsync(service, service.AddPhone("5511900000001", "Ana"), device, Ct);
            await using var client = await RawClient.LogInAsync(service, device, Ct);
            await SettlePeerMessagesAsync(client);
            await service.AddPhone("5511900000002", "Bia").SendTextAsync("5511900000001", "before", Ct);
        }

        await using var again = await StartAsync();
        await using var later = await RawClient.LogInAsync(again, device, Ct);
        var queued = await later.Connection.ReceiveAsync("message");
        await again.Phone("5511900000002").SendTextAsync("5511900000001", "after", Ct);
        var live = await later.Connection.ReceiveAsync("message");

        Assert.Equal(root, again.RootKey.ToArray());
        Assert.Equal("before", later.Decrypt(queued).Conversation);
        Assert.Equal("after", later.Decrypt(live).Conversation);
        Assert.Equal(["before", "after"], again.Phone("5511900000001").Inbox.Select(m => m.Text));
        Assert.Equal(["Ana", "Bia"], again.Phones.Select(p => p.Name));
        Assert.Empty(again.Trace.Violations);
    }

    [Fact]
    public async Task Start_WithAStateOfTheTimeWhenThereWasOnlyText_ReadsItsMessagesAsText()
    {
        await using (var service = await StartAsync())
        {
            service.AddPhone("5511900000001");
            await service.AddPhone("5511900000002").SendTextAsync("5511900000001", "from before", Ct);
        }

        var text = await File.ReadAllTextAsync(StateFile, Ct);
        var older = text.Replace("\"kind\":\"text\",", "", StringComparison.Ordinal);
        await File.WriteAllTextAsync(StateFile, older, Ct);

        await using var again = await StartAsync();

        Assert.NotEqual(text, older);
        Assert.Equal("text", Assert.Single(again.Phone("5511900000001").Inbox).Kind);
    }

    [Fact]
    public async Task Start_WhenTheLastStopWasACrash_StartsNewSessionsInsteadOfReusingKeys()
    {
        var device = new RawDevice();
        await using var service = await StartAsync();
        await RawClient.PairAsync(service, service.AddPhone("5511900000001", "Ana"), device, Ct);
        await using var client = await RawClient.LogInAsync(service, device, Ct);
        await SettlePeerMessagesAsync(client);
        var bia = service.AddPhone("5511900000002", "Bia");
        await bia.SendTextAsync("5511900000001", "one", Ct);
        client.Decrypt(await client.Connection.ReceiveAsync("message"));

        // Adding an account writes the state at once; what follows is what a crash takes away.
        service.AddPhone("5511900000003");
        var crashed = Path.Combine(_folder, "crashed.json");
        File.Copy(StateFile, crashed);
        await bia.SendTextAsync("5511900000001", "lost", Ct);
        client.Decrypt(await client.Connection.ReceiveAsync("message"));
        await service.DisposeAsync();

        await using var again = await SimulatedService.StartAsync(new SimulatorOptions { StateFile = crashed }, Ct);
        await using var later = await RawClient.LogInAsync(again, device, Ct);
        await later.Connection.ReceiveAsync(n => n.Child("offline") is not null);
        var id = await again.Phone("5511900000002").SendTextAsync("5511900000001", "two", Ct);
        var message = await later.Connection.ReceiveAsync(n => n["id"] == id);

        Assert.Equal("pkmsg", message.RequiredChild("enc")["type"]);
        Assert.Equal("two", later.Decrypt(message).Conversation);
    }

    [Fact]
    public async Task File_WhenWritten_IsReadableByItsOwnerAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        await using var service = await StartAsync();

        service.AddPhone("5511900000001");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(StateFile));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"format":99,"clean":true,"authority":"","staticKey":"","accounts":[]}""")]
    public async Task Start_WhenTheFileIsBroken_SaysWhichAndTouchesNothing(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(StateFile)!);
        await File.WriteAllTextAsync(StateFile, content, Ct);

        var failure = await Assert.ThrowsAsync<SimulatorException>(StartAsync);

        Assert.Contains(StateFile, failure.Message, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(StateFile, Ct));
    }

    private static async Task SettlePeerMessagesAsync(RawClient client)
    {
        for (var i = 0; i < 4; i++)
        {
            var message = await client.Connection.ReceiveAsync(n => n["category"] == "peer");
            client.Decrypt(message);
            await client.SettleAsync(message, "peer_msg");
        }
    }

    private Task<SimulatedService> StartAsync() => SimulatedService.StartAsync(new SimulatorOptions { StateFile = StateFile }, Ct);
}
