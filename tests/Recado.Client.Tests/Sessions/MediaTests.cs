using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Recado.Client.Events;
using Recado.Client.Media;
using Recado.Protocol.Media;
using Recado.Protocol.Messages;
using Recado.Simulator;
using Recado.Simulator.Faults;
using Recado.Simulator.Phones;

namespace Recado.Client.Tests.Sessions;

/// <summary>Files between a client, the media host and phones.</summary>
public sealed class MediaTests
{
    private const int Patience = 60_000;
    private const long Limit = 64 * 1024 * 1024;
    private const string Ours = "5511900000001", Theirs = "5511900000002";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = Patience)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(3_000_001)]
    public async Task Upload_WhenDownloadedAgain_GivesTheSameBytes(int length)
    {
        await using var test = await MediaSession.StartAsync();
        var bytes = RandomNumberGenerator.GetBytes(length);

        var uploaded = await test.Client.UploadAsync(new MemoryStream(bytes), MediaKind.Document, Ct);
        using var copy = new MemoryStream();
        await test.Client.DownloadAsync(null, MediaKind.Document, uploaded, copy, Limit, Ct);

        Assert.Equal(bytes, copy.ToArray());
        Assert.Equal(SHA256.HashData(bytes), uploaded.Sha256);
        Assert.Empty(test.Service.Trace.Violations);
    }

    [Fact(Timeout = Patience)]
    public async Task Upload_WhenTheLeaveHasEnded_AsksForANewOne()
    {
        await using var test = await MediaSession.StartAsync();
        await test.Client.UploadAsync(new MemoryStream([1]), MediaKind.Image, Ct);

        test.Service.ForgetMediaTokens();
        var uploaded = await test.Client.UploadAsync(new MemoryStream([1, 2, 3]), MediaKind.Image, Ct);

        Assert.NotNull(uploaded.DirectPath);
    }

    [Fact(Timeout = Patience)]
    public async Task Upload_WhenEveryHostRefuses_SaysSo()
    {
        await using var test = await MediaSession.StartAsync();
        test.Service.Faults.Add(new Fault(FaultKind.RefuseUpload, Count: 100, Code: 413));

        var failure = await Assert.ThrowsAsync<MediaException>(() => test.Client.UploadAsync(new MemoryStream([1]), MediaKind.Image, Ct));

        Assert.Equal(MediaError.Refused, failure.Error);
        Assert.False(failure.IsTransient);
    }

    [Fact(Timeout = Patience)]
    public async Task Download_WhenAPhoneSentTheFile_GivesItsBytes()
    {
        await using var test = await MediaSession.StartAsync();

        var (message, bytes) = await test.ReceiveAsync();
        var image = Assert.IsType<ImageContent>(message.Content);
        using var copy = new MemoryStream();
        await test.Client.DownloadAsync(test.Target(message), image.Kind, image.File, copy, Limit, Ct);

        Assert.Equal(bytes, copy.ToArray());
        Assert.Equal("look", image.Caption);
    }

    [Fact(Timeout = Patience)]
    public async Task Download_WhenTheHostHasForgottenTheFile_AsksThePhone()
    {
        await using var test = await MediaSession.StartAsync();
        var (message, bytes) = await test.ReceiveAsync();
        var image = (ImageContent)message.Content;
        test.Service.ForgetMedia();
        using var copy = new MemoryStream();

        var found = await test.Client.DownloadAsync(test.Target(message), image.Kind, image.File, copy, Limit, Ct);

        Assert.Equal(bytes, copy.ToArray());
        Assert.NotEqual(image.File.DirectPath, found.DirectPath);
        Assert.Empty(test.Service.Trace.Violations);
    }

    [Fact(Timeout = Patience)]
    public async Task Download_WhenThePhoneHasLostTheFileToo_SaysSo()
    {
        await using var test = await MediaSession.StartAsync();
        var (message, _) = await test.ReceiveAsync();
        var image = (ImageContent)message.Content;
        test.Service.ForgetMedia(keepOnPhones: false);

        var failure = await Assert.ThrowsAsync<MediaException>(() =>
            test.Client.DownloadAsync(test.Target(message), image.Kind, image.File, new MemoryStream(), Limit, Ct));

        Assert.Equal(MediaError.NotOnPhone, failure.Error);
    }

    [Fact(Timeout = Patience)]
    public async Task Download_WhenABitIsFlipped_RefusesTheFile()
    {
        await using var test = await MediaSession.StartAsync();
        var (message, _) = await test.ReceiveAsync();
        var image = (ImageContent)message.Content;
        test.Service.Faults.Add(new Fault(FaultKind.CorruptDownload));

        var failure = await Assert.ThrowsAsync<MediaException>(() =>
            test.Client.DownloadAsync(test.Target(message), image.Kind, image.File, new MemoryStream(), Limit, Ct));

        Assert.Equal(MediaError.Damaged, failure.Error);
    }

    [Fact(Timeout = Patience)]
    public async Task Download_WhenItBreaksOff_BeginsAnew()
    {
        await using var test = await MediaSession.StartAsync();
        var (message, bytes) = await test.ReceiveAsync();
        var image = (ImageContent)message.Content;
        test.Service.Faults.Add(new Fault(FaultKind.CutDownload));
        using var copy = new MemoryStream();

        await test.Client.DownloadAsync(test.Target(message), image.Kind, image.File, copy, Limit, Ct);

        Assert.Equal(bytes, copy.ToArray());
    }

    [Fact(Timeout = Patience)]
    public async Task Download_WhenTheFileIsLargerThanAccepted_DoesNotFetchIt()
    {
        await using var test = await MediaSession.StartAsync();
        var (message, bytes) = await test.ReceiveAsync();
        var image = (ImageContent)message.Content;
        using var copy = new MemoryStream();

        var failure = await Assert.ThrowsAsync<MediaException>(() =>
            test.Client.DownloadAsync(null, image.Kind, image.File with { Length = 0 }, copy, bytes.Length / 2, Ct));

        Assert.Equal(MediaError.TooLarge, failure.Error);
        Assert.Equal(0, copy.Length);
    }

    [Theory(Timeout = Patience)]
    [InlineData(null, "https://169.254.169.254/latest/meta-data")]
    [InlineData(null, "http://mmg.whatsapp.net/v/file")]
    [InlineData("//evil.example/v/file", null)]
    [InlineData("@evil.example/v/file", null)]
    public async Task Download_WhenTheMessagePointsElsewhere_ConnectsNowhere(string? path, string? url)
    {
        await using var test = await MediaSession.StartAsync();
        var file = new MediaReference(path, new byte[32], new byte[32], new byte[32], 10) { Url = url };

        var failure = await Assert.ThrowsAsync<MediaException>(() =>
            test.Client.DownloadAsync(null, MediaKind.Image, file, new MemoryStream(), Limit, Ct));

        Assert.Equal(MediaError.Incomplete, failure.Error);
    }

    [Fact(Timeout = Patience)]
    public async Task Upload_WhenTheAuthorityIsNotTrusted_Fails()
    {
        await using var test = await MediaSession.StartAsync(trustsSimulator: false);

        var failure = await Assert.ThrowsAsync<MediaException>(() => test.Client.UploadAsync(new MemoryStream([1]), MediaKind.Image, Ct));

        Assert.Equal(MediaError.Unreachable, failure.Error);
    }

    [Fact(Timeout = Patience)]
    public async Task Send_WhenTheFileIsUploaded_ReachesThePhoneWhole()
    {
        await using var test = await MediaSession.StartAsync();
        var bytes = RandomNumberGenerator.GetBytes(100_000);
        var phone = test.Service.Phone(Theirs);

        var uploaded = await test.Client.UploadAsync(new MemoryStream(bytes), MediaKind.Video, Ct);
        var sent = Assert.IsType<SendResult.Sent>(await test.Client.SendAsync(
            new OutgoingMessage(phone.Jid, new VideoContent(uploaded, "watch") { MimeType = "video/mp4" }), Ct));
        var received = await phone.WaitForMessageAsync(m => m.Id == sent.MessageId, Ct);
        using var copy = new MemoryStream();
        await phone.ReadMediaAsync(sent.MessageId, copy, Ct);

        Assert.Equal(bytes, copy.ToArray());
        Assert.Equal(("video", "watch", (long)bytes.Length), (received.Media!.Kind, received.Media.Caption, received.Media.Size));
        Assert.Empty(test.Service.Trace.Violations);
    }

    private sealed class MediaSession : IAsyncDisposable
    {
        private readonly HttpClient _http;
        private readonly TestSession _session;

        private MediaSession(SimulatedService service, HttpClient http, TestSession session) => (Service, _http, _session) = (service, http, session);

        public SimulatedService Service { get; }

        public WhatsAppClient Client => _session.Client;

        public static async Task<MediaSession> StartAsync(bool trustsSimulator = true)
        {
            var service = await SimulatedService.StartAsync(ct: Ct);
            service.AddPhone(Theirs);
            var options = TestSession.OptionsFor(service);
            var authorities = new X509Certificate2Collection();
            if (trustsSimulator)
                authorities.ImportFromPem(service.MediaAuthorityPem);
            var http = MediaHttp.Create(options, authorities);
            return new(service, http, await TestSession.PairAsync(service, service.AddPhone(Ours), Ct, options with { MediaHttp = http }));
        }

        /// <summary>A picture from the other phone.</summary>
        public async Task<(MessageReceived Message, byte[] Bytes)> ReceiveAsync()
        {
            var bytes = RandomNumberGenerator.GetBytes(200_000);
            var id = await Service.Phone(Theirs).SendMediaAsync(Ours, new PhoneMedia("image", Caption: "look"), new MemoryStream(bytes), Ct);
            return (await _session.WaitAsync<MessageReceived>(Ct, received => received.Envelope.Id == id), bytes);
        }

        public MessageTarget Target(MessageReceived message) => new(message.Envelope.Id, message.Envelope.Chat, message.Envelope.FromMe);

        public async ValueTask DisposeAsync()
        {
            await _session.DisposeAsync();
            _http.Dispose();
            await Service.DisposeAsync();
        }
    }
}
