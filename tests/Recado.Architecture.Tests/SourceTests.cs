using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Recado.Architecture.Tests;

/// <summary>House rules that no analyzer knows.</summary>
public sealed partial class SourceTests
{
    private static readonly string[] Assemblies = ["Recado.Protocol", "Recado.Client", "Recado.Simulator", "recado"];

    [Fact]
    public void Files_WhenCounted_StayUnderFourHundredLines()
    {
        var long_ = Repository.Sources("src").Concat(Repository.Sources("tests")).Concat(Repository.Sources("bench"))
            .Where(f => File.ReadLines(Path.Combine(Repository.Root, f)).Count() > 400);

        Assert.Empty(long_);
    }

    [Fact]
    public void Files_WhenRead_HaveNoRegionsAndNoVagueNames()
    {
        var offenders = Repository.Sources("src")
            .Where(f => f.Split('/')[^1] is var name && VagueName().IsMatch(name) || Region().IsMatch(Repository.Read(f)));

        Assert.Empty(offenders);
    }

    [Fact]
    public void LogEvents_WhenListed_HaveDifferentIds()
    {
        var ids = from assembly in Assemblies
                  from type in Assembly.Load(assembly).GetTypes()
                  from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                  let log = method.GetCustomAttribute<LoggerMessageAttribute>()
                  where log is not null
                  select (log.EventId, Name: $"{type.FullName}.{method.Name}");

        var clashes = ids.GroupBy(i => i.EventId).Where(g => g.Count() > 1).Select(g => $"{g.Key}: {string.Join(", ", g.Select(i => i.Name))}");

        Assert.Empty(clashes);
    }

    /// <summary>The built-in validation skips request records that are not public, without a word.</summary>
    [Fact]
    public void RequestRecords_WhenDeclared_ArePublic()
    {
        var hidden = from assembly in new[] { "Recado.Simulator", "recado" }
                     from type in Assembly.Load(assembly).GetTypes()
                     where type.Name.EndsWith("Request", StringComparison.Ordinal) && !type.IsVisible
                     select type.FullName;

        Assert.Empty(hidden);
    }

    [GeneratedRegex("(Helper|Manager|Utils?|Legacy|V2)\\.cs$", RegexOptions.None, 1000)]
    private static partial Regex VagueName();

    [GeneratedRegex("^\\s*#region", RegexOptions.Multiline, 1000)]
    private static partial Regex Region();
}
