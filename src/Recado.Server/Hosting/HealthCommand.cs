using System.Net;

namespace Recado.Server.Hosting;

/// <summary><c>recado health</c>: asks the server of the same settings whether it takes requests, for container engines without a tool for that.</summary>
internal static class HealthCommand
{
    public const string Usage = "recado health                     asks the running server whether it is ready; exit code 0 when it is";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <returns>Whether it is ready.</returns>
    public static async Task<bool> RunAsync(RecadoSettings settings, TextWriter console)
    {
        var listens = IPAddress.Parse(settings.Host);
        var host = listens.Equals(IPAddress.Any) ? IPAddress.Loopback : listens.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : listens;
        var address = new UriBuilder("http", host.ToString(), settings.Port, "/health/ready").Uri;
        using var http = new HttpClient { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(address);
            console.WriteLine(answer.IsSuccessStatusCode ? "ready" : $"not ready: {address} answers {(int)answer.StatusCode}");
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            console.WriteLine($"not ready: {address} does not answer");
            return false;
        }
    }
}
