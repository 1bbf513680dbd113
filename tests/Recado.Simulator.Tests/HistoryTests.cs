using System.Net.Http.Json;
using System.Text.Json;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Protocol.History;
using Recado.Protocol.Media;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;
using Recado.Simulator.Faults;
using Recado.Simulator.Phones;
using Recado.Simulator.Tests.Clients;

namespace Recado.Simulator.Tests;

/// <summary>What phones remember, and hand to their companions.</summary>
public sealed class HistoryTests : ServiceTest
{
    private static readonly HistoryPlan Plan = new()
    {
        Chats = 3,
        Groups = 1,
        MessagesPerChat = 40,
        ChunkSize = 25,
        OnlyOnPhone = 10,
        MediaEvery = 9,
        ReactionEvery = 4,
        PollEvery = 7,
        Unread = 2,
    };

    [Fact]
    public async Task FirstLogin_WhenThePhoneHasAPast_HandsItOverInParts()
    {
        var chats = await Ana.GiveHistoryAsync(Plan, Ct);

        await using var client = await LinkAsync();
        var parts = await ReceivePartsAsync(client);
        var items = (await Task.WhenAll(parts.Select(part => ReadAsync(part)))).SelectMany(read => read).ToList();

        Assert.Equal(
            [HistoryKind.Initial, HistoryKind.PushNames, HistoryKind.Other, HistoryKind.Recent, HistoryKind.Recent, HistoryKind.Recent],
            parts.Select(part => part.Kind));
        Assert.Equal([0u, 0u, 0u, 33u, 66u, 100u], parts.Select(part => part.Progress));
        Assert.NotNull(parts[0].InlinePayload);
        Assert.NotNull(parts[3].File);
        var messages = items.OfType<HistoryConversation>().SelectMany(chat => chat.Messages).ToList();
        Assert.Equal(chats.SelectMany(chat => chat.MessageIds.Take(30)).Order(), messages.Select(message => message.Id).Order());
        Assert.Contains(messages, message => message.Content is ImageContent);
        Assert.Contains(messages, message => message.Reactions.Count == 1);
        Assert.Contains(messages, message => message is { Content: PollContent, Votes: [{ OptionHashes.Count: 1 }], Secret.Length: 32 });
        var bia = Assert.IsType<HistoryConversation>(items[0]);
        Assert.Equal((Bia.Lid, Bia.Jid, 2u, true), (bia.Chat, bia.PhoneNumber, bia.UnreadCount, bia.HasMore));
        Assert.Equal(16, bia.TrustedContactToken!.Length);
        Assert.Contains(new HistoryMapping(Bia.Jid, Bia.Lid), items);
        Assert.Contains(items, item => item is HistorySecrets { ClientTokenSalt.Length: 32 });
        Assert.Contains(new HistoryPushName(Bia.Jid, "Bia"), items);
        Assert.Empty(Service.Trace.Violations);
    }

    [Fact]
    public async Task Request_WhenACompanionWantsOlderMessages_AnswersWithTheNextPage()
    {
        var chat = (await Ana.GiveHistoryAsync(Plan, Ct))[0];
        await using var client = await LinkAsync();
        await ReceivePartsAsync(client);

        var request = HistoryNotification.Request(Bia.Jid, new MessageTarget(chat.MessageIds[29], Bia.Jid, IsFromActor: false), DateTimeOffset.UnixEpoch, 6);
        var id = await SendPeerAsync(client, request);
        var answer = await ReceivePeerAsync(client);
        var page = Assert.IsType<HistoryConversation>(Assert.Single(await ReadAsync(HistoryNotification.From(answer.HistorySyncNotification))));

        Assert.Equal(id, answer.HistorySyncNotification.PeerDataRequestSessionId);
        Assert.Equal(chat.MessageIds.Skip(30).Take(6), page.Messages.Select(message => message.Id));
        Assert.True(page.HasMore);
        Assert.Empty(Service.Trace.Violations);
    }

    [Fact]
    public async Task Request_WhenACompanionCouldNotReadAMessage_GivesItAgain()
    {
        await using var client = await ClientOfAsync(Ana);
        Service.Faults.Add(new Fault(FaultKind.Withhold));
        await Bia.SendTextAsync(Ana.PhoneNumber, "for your phone only", Ct);
        var withheld = await client.Connection.ReceiveAsync(n => n.Tag == "message" && n.Child("unavailable") is not null);

        var id = await SendPeerAsync(client, PlaceholderResend.Request(new MessageTarget(withheld["id"]!, Bia.Lid, IsFromActor: false)));
        var answer = await ReceivePeerAsync(client);
        var message = Assert.Single(PlaceholderResend.ReadAnswer(answer.PeerDataOperationRequestResponseMessage));

        Assert.Equal(id, answer.PeerDataOperationRequestResponseMessage.StanzaId);
        Assert.Equal((withheld["id"], Bia.Lid, new TextContent("for your phone only")), (message.Id, message.Chat, message.Content));
    }

    [Fact]
    public async Task Blob_WhenTheHostHasForgottenIt_IsUploadedAgainOnRequest()
    {
        await Ana.GiveHistoryAsync(Plan, Ct);
        await using var client = await LinkAsync();
        var (stanza, part) = (await ReceiveAllAsync(client)).First(received => received.Part.File is not null);
        Service.ForgetMedia();

        await client.Connection.SendAsync(MediaRetry.RequestHistory(stanza["id"]!, part.File!.Key, Ana.Jid, RandomSource.System));
        var answer = MediaRetry.ParseAnswer(await client.Connection.ReceiveAsync(n => n["type"] == "mediaretry"), part.File.Key);

        Assert.Equal(MediaRetryOutcome.Uploaded, answer.Outcome);
        Assert.NotEmpty(await ReadAsync(part with { File = part.File with { DirectPath = answer.DirectPath } }));
        Assert.Empty(Service.Trace.Violations);
    }

    [Fact]
    public async Task Give_WhenAskedOverHttp_SaysWhatThereIs()
    {
        using var http = new HttpClient { BaseAddress = Service.ControlUrl };

        using var answer = await http.PostAsJsonAsync("accounts/5511900000001/history", new { chats = 2, messagesPerChat = 5, groups = 1 }, Ct);
        using var tooMany = await http.PostAsJsonAsync("accounts/5511900000001/history", new { chats = 100_000, messagesPerChat = 100_000 }, Ct);

        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(10, body.GetProperty("messages").GetInt32());
        Assert.Equal(["Bia", "Group 1"], body.GetProperty("chats").EnumerateArray().Select(chat => chat.GetProperty("name").GetString()));
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, tooMany.StatusCode);
    }

    [Fact]
    public async Task History_WhenTheServiceRestarts_IsTheSame()
    {
        var folder = Directory.CreateTempSubdirectory("recado-simulator-");
        try
        {
            var options = new SimulatorOptions { StateFile = Path.Combine(folder.FullName, "state.json") };
            IReadOnlyList<HistoryChat> before;
            await using (var service = await SimulatedService.StartAsync(options, Ct))
                before = await service.AddPhone("5511900000001").GiveHistoryAsync(Plan with { Chats = 1, Groups = 0 }, Ct);

            await using var again = await SimulatedService.StartAsync(options, Ct);
            await using var client = await LinkAsync(again);
            var ids = (await Task.WhenAll((await ReceivePartsAsync(client)).Select(part => ReadAsync(part, again)))).SelectMany(read => read)
                .OfType<HistoryConversation>().SelectMany(chat => chat.Messages).Select(message => message.Id);

            Assert.Equal(before[0].MessageIds.Take(30), ids);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<RawClient> LinkAsync(SimulatedService? service = null)
    {
        var device = new RawDevice();
        service ??= Service;
        await RawClient.PairAsync(service, service.Phone(Ana.PhoneNumber), device, Ct);
        return await RawClient.LogInAsync(service, device, Ct);
    }

    private static async Task<IReadOnlyList<HistoryNotification>> ReceivePartsAsync(RawClient client) =>
        [.. (await ReceiveAllAsync(client)).Select(received => received.Part)];

    /// <summary>Everything up to the last part.</summary>
    private static async Task<IReadOnlyList<(Node Stanza, HistoryNotification Part)>> ReceiveAllAsync(RawClient client)
    {
        var parts = new List<(Node, HistoryNotification Part)>();
        while (parts is not [.., (_, { Progress: 100 })])
        {
            var stanza = await client.Connection.ReceiveAsync(n => n["category"] == "peer");
            var message = client.Decrypt(stanza).ProtocolMessage;
            await client.SettleAsync(stanza, "peer_msg");
            if (message.HistorySyncNotification is { } notification)
                parts.Add((stanza, HistoryNotification.From(notification)));
        }

        return parts;
    }

    private static async Task<ProtocolMessage> ReceivePeerAsync(RawClient client)
    {
        var stanza = await client.Connection.ReceiveAsync(n => n["category"] == "peer");
        await client.SettleAsync(stanza, "peer_msg");
        return client.Decrypt(stanza).ProtocolMessage;
    }

    private static async Task<string> SendPeerAsync(RawClient client, Message message)
    {
        var enc = client.Encrypt(client.Device.Lid.ToUser(), message);
        var stanza = new Node(
            "message",
            [("id", client.NewId()), ("type", "text"), ("category", "peer"), ("to", client.Device.Jid.ToUser()), ("push_priority", "high_force")],
            [new Node("meta", [("appdata", "default")]), enc]);
        await client.SendAsync(stanza);
        return stanza["id"]!;
    }

    private async Task<IReadOnlyList<HistoryItem>> ReadAsync(HistoryNotification part, SimulatedService? service = null)
    {
        using var compressed = new MemoryStream();
        if (part.InlinePayload is { } inline)
        {
            compressed.Write(inline);
        }
        else
        {
            using var http = MediaHttp(service);
            var path = MediaPaths.Download(MediaKind.HistorySync, part.File!.DirectPath!, part.File.EncryptedSha256);
            await MediaCipher.DecryptAsync(await http.GetStreamAsync(path, Ct), compressed, MediaKind.HistorySync, part.File, 1 << 24, Ct);
        }

        compressed.Position = 0;
        var items = new List<HistoryItem>();
        await foreach (var item in HistoryReader.ReadAsync(compressed, new HistoryLimits(), Ct))
            items.Add(item);

        return items;
    }
}
