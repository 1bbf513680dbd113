using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Recado.Server.Tests.Auth;

/// <summary>The part of a Supabase project that signs users in: its key set, the address that says whose token it is, and signing in.</summary>
internal sealed class FakeGoTrue : IAsyncDisposable
{
    private static readonly Guid Ana = Guid.Parse("a0000000-0000-4000-8000-0000000000aa");

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, JsonObject> _keys = new();

    private FakeGoTrue()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapGet("/auth/v1/.well-known/jwks.json", async context =>
        {
            KeySetRequests++;
            await AnswerAsync(context, new JsonObject { ["keys"] = new JsonArray([.. _keys.Values.Select(k => k.DeepClone())]) });
        });
        _app.MapGet("/auth/v1/user", async context =>
        {
            UserRequests++;
            LastApiKey = context.Request.Headers["apikey"];
            var token = context.Request.Headers.Authorization.ToString()["Bearer ".Length..];
            if (KnownTokens.TryGetValue(token, out var user))
                await AnswerAsync(context, new JsonObject { ["id"] = user.ToString() });
            else
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        });
        _app.MapPost("/auth/v1/logout", () => Results.NoContent());
        _app.MapPost("/auth/v1/token", context => AnswerAsync(context, new JsonObject
        {
            ["access_token"] = SignIn(Ana),
            ["token_type"] = "bearer",
            ["expires_in"] = 3600,
            ["refresh_token"] = $"{Guid.NewGuid()}",
            ["user"] = new JsonObject { ["id"] = $"{Ana}", ["aud"] = "authenticated", ["role"] = "authenticated", ["email"] = "ana@example.org" },
        }));
    }

    public Uri Url => new(_app.Urls.First());

    public string Issuer => $"{Url.AbsoluteUri}auth/v1";

    public ConcurrentDictionary<string, Guid> KnownTokens { get; } = new();

    public int KeySetRequests { get; private set; }

    public int UserRequests { get; private set; }

    public string? LastApiKey { get; private set; }

    /// <summary>Makes the token of a user who signs in or refreshes; whoever comes is the same one.</summary>
    public Func<Guid, string> SignIn { get; set; } = _ => throw new InvalidOperationException("Nobody signs in here.");

    /// <summary>Answers wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public bool IsDown { get; set; }

    public static async Task<FakeGoTrue> StartAsync()
    {
        var service = new FakeGoTrue();
        await service._app.StartAsync();
        return service;
    }

    public void Publish(string keyId, ECDsa key)
    {
        var p = key.ExportParameters(false);
        _keys[keyId] = new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["alg"] = "ES256",
            ["use"] = "sig",
            ["kid"] = keyId,
            ["x"] = Base64UrlEncoder.Encode(p.Q.X),
            ["y"] = Base64UrlEncoder.Encode(p.Q.Y),
        };
    }

    public void Publish(string keyId, RSA key)
    {
        var p = key.ExportParameters(false);
        _keys[keyId] = new JsonObject
        {
            ["kty"] = "RSA",
            ["alg"] = "RS256",
            ["use"] = "sig",
            ["kid"] = keyId,
            ["n"] = Base64UrlEncoder.Encode(p.Modulus),
            ["e"] = Base64UrlEncoder.Encode(p.Exponent),
        };
    }

    /// <summary>A key that has no business in a public key set.</summary>
    public void PublishSecret(string keyId, byte[] secret) =>
        _keys[keyId] = new JsonObject { ["kty"] = "oct", ["alg"] = "HS256", ["kid"] = keyId, ["k"] = Base64UrlEncoder.Encode(secret) };

    public void Withdraw(string keyId) => _keys.TryRemove(keyId, out _);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, JsonObject answer)
    {
        await Gate.WaitAsync(context.RequestAborted);
        if (IsDown)
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        else
            await context.Response.WriteAsJsonAsync(answer, context.RequestAborted);
    }
}
