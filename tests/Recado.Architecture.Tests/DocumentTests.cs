using System.Text.RegularExpressions;

namespace Recado.Architecture.Tests;

/// <summary>What pages say of the code is there.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void SecurityNotes_WhenTheyNameATest_NameOneThatExists()
    {
        var tests = Repository.Sources("tests").Select(Repository.Read)
            .SelectMany(source => ClassName().Matches(source).SelectMany(type => TestName().Matches(source).Select(test => $"{type.Groups["name"].Value}.{test.Groups["name"].Value}")))
            .ToHashSet(StringComparer.Ordinal);

        var named = NamedTest().Matches(Repository.Read("docs/security.md")).Select(match => match.Groups["name"].Value).ToList();

        Assert.True(named.Count > 30);
        Assert.DoesNotContain(named, name => !tests.Contains(name));
    }

    [Fact]
    public void Pages_WhenTheyLinkToAnother_LinkToOneThatIsThere()
    {
        var broken = from page in Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md").Append(Path.Combine(Repository.Root, "README.md"))
                     from link in Link().Matches(File.ReadAllText(page)).Select(match => match.Groups["target"].Value)
                     where !File.Exists(Path.Combine(Path.GetDirectoryName(page)!, link)) && !Directory.Exists(Path.Combine(Path.GetDirectoryName(page)!, link))
                     select $"{Path.GetFileName(page)} -> {link}";

        Assert.Empty(broken);
    }

    [GeneratedRegex(@"\bclass (?<name>\w+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex ClassName();

    [GeneratedRegex(@"public (async )?(Task|void) (?<name>\w+)\(", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex TestName();

    [GeneratedRegex(@"`(?<name>[A-Z]\w+\.[A-Z]\w*_\w+)`", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex NamedTest();

    [GeneratedRegex(@"\]\((?<target>[^)#:]+)(#[^)]*)?\)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Link();
}
