using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Recado.Client.Stores;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Idempotency;
using Recado.Server.Storage;
using Recado.Server.Storage.Sqlite;
using Recado.Server.Tests.Api;
using Recado.Server.Tests.Sessions;

namespace Recado.Server.Tests.Idempotency;

/// <summary>What becomes of a request whose process ends, or that takes long.</summary>
public sealed class IdempotencyOverRestartsTests
{
    private const string Key = "order-1", Body = """{"to":"5511900000002","message":"only once"}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Send_WhenTheServerIsStartedAnew_GivesTheFirstAnswer()
    {
        await using var server = await ServerUnderTest.StartAsync(LocalTokenVerifier.UserId);
        server.WhatsApp.AddPhone("5511900000002");
        var (path, first) = await SendAsync(server);

        await server.StopHostAsync();
        await server.StartHostAsync();
        using var http = server.Http();
        var second = await http.PostWithKeyAsync(Key, path, Body);

        Assert.Equal(first, (await second.JsonAsync()).GetRawText());
        Assert.True(second.IsReplayed());
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Send_WhenTheProcessEndsBetweenSendingAndAnswering_FindsTheMessageAndSendsNoOther()
    {
        await using var server = await ServerUnderTest.StartAsync(LocalTokenVerifier.UserId);
        await server.StopHostAsync();
        server.Services = services => services
            .AddSingleton(new IdempotencyOptions { Claim = TimeSpan.FromMilliseconds(30) }) // of an attempt that died nobody hears
            .AddSingleton<IIdempotencyStore>(provider => new Forgetful(ActivatorUtilities.CreateInstance<SqliteIdempotencyStore>(provider)));
        await server.StartHostAsync();
        var bruno = server.WhatsApp.AddPhone("5511900000002");
        var (path, first) = await SendAsync(server);
        await server.WaitForEventAsync(EventTypes.MessageStatus, "\"status\":\"sent\"");

        await server.StopHostAsync();
        server.Services = _ => { };
        await server.StartHostAsync();
        using var http = server.Http();
        var second = await http.PostWithKeyAsync(Key, path, Body);

        var answer = await second.JsonAsync();
        Assert.False(second.IsReplayed());
        Assert.Contains(answer.GetProperty("messageId").GetString()!, first, StringComparison.Ordinal);
        Assert.Equal("sent", answer.GetProperty("status").GetString());
        var id = Guid.Parse(path.Split('/')[3]);
        Assert.Equal(answer.GetProperty("messageId").GetString(), Assert.Single(await server.MessagesAsync(id)).WhatsAppId);
        await bruno.WaitForMessageAsync(message => message.Id == answer.GetProperty("messageId").GetString(), Ct);
        Assert.Empty(server.WhatsApp.Trace.Violations);
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Send_WhileTheFirstTakesLong_Answers409AndSaysWhenToReturn()
    {
        await using var server = await ServerUnderTest.StartAsync(LocalTokenVerifier.UserId);
        await server.StopHostAsync();
        var journal = new SlowJournal();
        server.Journal = journal.Around;
        server.Services = services => services.AddSingleton(new IdempotencyOptions { Wait = TimeSpan.Zero });
        await server.StartHostAsync();
        server.WhatsApp.AddPhone("5511900000002");
        var path = $"/api/sessions/{await server.ConnectSessionAsync(server.WhatsApp.AddPhone("5511900000001"))}/messages";
        using var http = server.Http();

        var first = http.PostWithKeyAsync(Key, path, Body);
        await journal.HasMessage.Task.WaitAsync(Ct);
        var meanwhile = await http.PostWithKeyAsync(Key, path, Body);
        journal.MayWrite.SetResult();
        var done = await (await first).JsonAsync();
        var after = await http.PostWithKeyAsync(Key, path, Body);

        await meanwhile.ProblemAsync(HttpStatusCode.Conflict, "request_in_progress");
        Assert.Equal("15", Assert.Single(meanwhile.Headers.GetValues("Retry-After")));
        Assert.Equal(done.GetRawText(), (await after.JsonAsync()).GetRawText());
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task CreateSession_WhenRepeated_AddsOneAndKeepsItsAnswerUnreadable()
    {
        await using var server = await ServerUnderTest.StartAsync(LocalTokenVerifier.UserId);
        using var http = server.Http();

        var first = await (await http.PostWithKeyAsync(Key, "/api/sessions", """{"name":"Shop"}""")).JsonAsync(HttpStatusCode.Created);
        var second = await (await http.PostWithKeyAsync(Key, "/api/sessions", """{"name":"Shop"}""")).JsonAsync(HttpStatusCode.Created);

        Assert.Equal(first.GetRawText(), second.GetRawText());
        Assert.Single((await (await http.AskAsync("/api/sessions")).JsonAsync()).GetProperty("sessions").EnumerateArray());
        await server.StopHostAsync();
        var kept = string.Concat(Directory.GetFiles(server.DataFolder, "recado.db*").Select(file => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file))));
        Assert.Contains(Key, kept, StringComparison.Ordinal);
        Assert.DoesNotContain(first.GetProperty("message").GetString()!, kept, StringComparison.Ordinal);
    }

    private static async Task<(string Path, string Answer)> SendAsync(ServerUnderTest server)
    {
        var path = $"/api/sessions/{await server.ConnectSessionAsync(server.WhatsApp.AddPhone("5511900000001"))}/messages";
        using var http = server.Http();
        return (path, (await (await http.PostWithKeyAsync(Key, path, Body)).JsonAsync()).GetRawText());
    }

    /// <summary>A store whose process ends before an answer is noted.</summary>
    private sealed class Forgetful(IIdempotencyStore store) : IIdempotencyStore
    {
        public Task<IdempotencyClaim> ClaimAsync(IdempotencyAttempt attempt, TimeSpan patience, TimeSpan lifetime, CancellationToken ct) =>
            store.ClaimAsync(attempt, patience, lifetime, ct);

        public Task KeepAsync(IdempotencyAttempt attempt, TimeSpan patience, CancellationToken ct) => Task.CompletedTask;

        public Task AnswerAsync(IdempotencyAttempt attempt, ReadOnlyMemory<byte> answer, TimeSpan lifetime, CancellationToken ct) => Task.CompletedTask;

        public Task ReleaseAsync(IdempotencyAttempt attempt, bool isUndone, CancellationToken ct) => Task.CompletedTask;
    }

    /// <summary>A journal that holds the first message up.</summary>
    private sealed class SlowJournal : ISessionJournal
    {
        private ISessionJournal _inner = null!;

        public TaskCompletionSource HasMessage { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource MayWrite { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ISessionJournal Around(ISessionJournal inner)
        {
            _inner = inner;
            return this;
        }

        public async Task<bool> CommitAsync(SessionLease lease, DeviceChanges changes, IReadOnlyList<JournalEntry> entries, CancellationToken ct)
        {
            if (entries.OfType<JournalEntry.Message>().Any())
            {
                HasMessage.TrySetResult();
                await MayWrite.Task.WaitAsync(ct);
            }

            return await _inner.CommitAsync(lease, changes, entries, ct);
        }

        public Task<OwnedSession?> AcquireAsync(Guid sessionId, CancellationToken ct) => _inner.AcquireAsync(sessionId, ct);

        public Task<LeaseOutcome> AcquireToRunAsync(Guid sessionId, int limit, CancellationToken ct) => _inner.AcquireToRunAsync(sessionId, limit, ct);

        public Task<bool> PurgeAsync(SessionLease lease, CancellationToken ct) => _inner.PurgeAsync(lease, ct);

        public IDeviceStore OpenDevice(Guid sessionId) => _inner.OpenDevice(sessionId);

        public Task<IReadOnlyDictionary<Guid, string>> FindUnreadableAsync(CancellationToken ct) => _inner.FindUnreadableAsync(ct);
    }
}
