using System.Reflection;

namespace Recado.Architecture.Tests;

/// <summary>The arrows between the projects, as docs/architecture.md draws them.</summary>
public sealed class ReferenceTests
{
    [Theory]
    [InlineData("Recado.Protocol", "Google.Protobuf")]
    [InlineData("Recado.Client", "Recado.Protocol", "Google.Protobuf", "Microsoft.Extensions.Logging.Abstractions")]
    [InlineData("Recado.Simulator", "Recado.Protocol", "Google.Protobuf", "Microsoft.AspNetCore", "Microsoft.AspNetCore.*", "Microsoft.Extensions.*", "Microsoft.Net.Http.Headers")]
    public void References_WhenReadFromTheAssembly_AreOnlyTheAllowedOnes(string assembly, params string[] allowed)
    {
        var references = Assembly.Load(assembly).GetReferencedAssemblies().Select(r => r.Name!);

        var strangers = references.Where(r => !IsFramework(r) && !allowed.Any(a => Matches(a, r)));

        Assert.Empty(strangers);
    }

    [Fact]
    public void Features_WhenTheyNeedData_NeverNameAnEngine()
    {
        var offenders = Repository.Sources("src/Recado.Server/Features")
            .Where(f => Repository.Read(f).Contains("Recado.Server.Storage.Sqlite", StringComparison.Ordinal)
                || Repository.Read(f).Contains("Recado.Server.Storage.Postgres", StringComparison.Ordinal));

        Assert.Empty(offenders);
    }

    [Fact]
    public void Simulator_WhenUsedByTheServer_IsNamedOnlyWhereItIsHosted()
    {
        var offenders = Repository.Sources("src/Recado.Server")
            .Where(f => Repository.Read(f).Contains("Recado.Simulator", StringComparison.Ordinal))
            .Where(f => !f.Contains("/Hosting/", StringComparison.Ordinal));

        Assert.Empty(offenders);
    }

    [Fact]
    public void Protocol_WhenReadAsSource_HasNoSocketLoggerOrClock()
    {
        string[] banned = ["System.Net.Sockets", "System.Net.Http", "Microsoft.Extensions.Logging", "TimeProvider.System", "RandomNumberGenerator.Fill"];

        var offenders = from file in Repository.Sources("src/Recado.Protocol")
                        where !file.EndsWith("/Crypto/RandomSource.cs", StringComparison.Ordinal)
                        from word in banned
                        where Repository.Read(file).Contains(word, StringComparison.Ordinal)
                        select $"{file}: {word}";

        Assert.Empty(offenders);
    }

    private static bool IsFramework(string name) =>
        name is "netstandard" or "System.Runtime" || name.StartsWith("System.", StringComparison.Ordinal);

    private static bool Matches(string pattern, string name) =>
        pattern.EndsWith(".*", StringComparison.Ordinal) ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern;
}
