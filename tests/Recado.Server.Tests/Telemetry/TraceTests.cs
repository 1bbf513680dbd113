using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using Recado.Server.Features.Auth;
using Recado.Server.Hosting;
using Recado.Server.Storage;
using Recado.Server.Tests.Sessions;

namespace Recado.Server.Tests.Telemetry;

/// <summary>One trace per request, from the API to the receipt.</summary>
public sealed class TraceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Send_WhenTracesAreCollected_IsOneTraceFromTheRequestToTheReceipt()
    {
        using var traced = new TracedRequests();
        await using var server = await ServerUnderTest.StartAsync(LocalTokenVerifier.UserId);
        await server.StopHostAsync();
        server.Configure = settings => settings with
        {
            Telemetry = new() { Collector = new OtlpCollector(new Uri("http://127.0.0.1:9"), IsHttp: true, Headers: null) }, // nobody is there
        };
        await server.StartHostAsync();
        server.WhatsApp.AddPhone("5511900000002");
        var id = await server.ConnectSessionAsync(server.WhatsApp.AddPhone("5511900000001"));
        using var http = server.Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/sessions/{id}/messages")
        {
            Content = JsonContent.Create(new { to = "5511900000002", message = "said nowhere else" }),
        };
        request.Headers.Add("traceparent", traced.Parent);

        (await http.SendAsync(request, Ct)).EnsureSuccessStatusCode();
        await server.WaitForEventAsync(EventTypes.MessageStatus, "\"delivered\"");

        string[] expected = ["Microsoft.AspNetCore", "Microsoft.Orleans.Application", "message.send", "message.receipt"];
        Assert.Subset(traced.Spans.SelectMany(span => new[] { span.Source.Name, span.OperationName }).ToHashSet(), expected.ToHashSet());
        Assert.DoesNotContain("5511900000002", traced.Told, StringComparison.Ordinal);
        Assert.DoesNotContain("said nowhere else", traced.Told, StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Request_WhenItsAddressHoldsTheToken_IsTracedWithoutIt()
    {
        using var traced = new TracedRequests();
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/ws?token={TestServer.LocalToken}");
        request.Headers.Add("traceparent", traced.Parent);

        await server.Http.SendAsync(request, Ct);
        await server.StopAsync();

        Assert.Contains(traced.Spans, span => span.Source.Name == "Microsoft.AspNetCore");
        Assert.DoesNotContain(TestServer.LocalToken, traced.Told, StringComparison.Ordinal);
    }

    /// <summary>Everything that is recorded of one trace.</summary>
    private sealed class TracedRequests : IDisposable
    {
        private readonly ActivityTraceId _id = ActivityTraceId.CreateRandom();
        private readonly ConcurrentQueue<Activity> _spans = new();
        private readonly ActivityListener _listener;

        public TracedRequests()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = _ => true,
                Sample = (ref options) =>
                    options.Parent.TraceId == _id ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
                ActivityStopped = activity =>
                {
                    if (activity.TraceId == _id)
                        _spans.Enqueue(activity);
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public string Parent => $"00-{_id}-{ActivitySpanId.CreateRandom()}-01";

        public IReadOnlyCollection<Activity> Spans => _spans;

        public string Told => string.Join(' ', _spans.SelectMany(span => span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}").Append(span.DisplayName)));

        public void Dispose() => _listener.Dispose();
    }
}
