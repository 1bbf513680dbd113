using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.FileProviders;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Realtime;

namespace Recado.Server.Features.Console;

/// <summary>The page at <c>/</c>, plain files beside the program, and the WebSocket, which is at <c>/</c> too and at <c>/ws</c>.</summary>
internal static class ConsolePage
{
    private static readonly string[] PageMethods = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Connect];
    private static readonly string[] UpgradeMethods = [HttpMethods.Get, HttpMethods.Connect];

    public static void UseConsoleFiles(this IApplicationBuilder app) =>
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = Files(),
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache", // ask again, by ETag
        });

    public static void MapConsole(this IEndpointRouteBuilder routes)
    {
        var page = Files().GetFileInfo("index.html").PhysicalPath!;
        routes.MapMethods("/", PageMethods, (HttpContext context, RealtimeSockets sockets) => context.WebSockets.IsWebSocketRequest
            ? ServeAsync(context, sockets)
            : Task.FromResult<IResult>(TypedResults.PhysicalFile(page, "text/html; charset=utf-8")))
            .AllowAnonymous().ExcludeFromDescription();

        routes.MapMethods("/ws", UpgradeMethods, (HttpContext context, RealtimeSockets sockets) => context.WebSockets.IsWebSocketRequest
            ? ServeAsync(context, sockets)
            : Task.FromResult<IResult>(UpgradeRequired(context)))
            .AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> ServeAsync(HttpContext context, RealtimeSockets sockets)
    {
        await sockets.ServeAsync(context);
        return TypedResults.Empty;
    }

    private static ProblemHttpResult UpgradeRequired(HttpContext context)
    {
        context.Response.Headers.Upgrade = "websocket";
        return Problems.Result(StatusCodes.Status426UpgradeRequired, "websocket_expected", "This address takes WebSockets only.");
    }

    /// <summary>Beside the program, wherever it is started from.</summary>
    private static PhysicalFileProvider Files() => new(Path.Combine(AppContext.BaseDirectory, "wwwroot"));
}
