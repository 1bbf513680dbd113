using Recado.Protocol.Tests.Vectors;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(VectorCoverageTests.LastInLine))]

namespace Recado.Protocol.Tests.Vectors;

/// <summary>
/// A vector nobody replays proves nothing. Collections that do not run in parallel come after all that do, and this one comes last
/// among them, so it sees what the whole run has read. Run by itself it fails, as it should.
/// </summary>
[Collection(nameof(VectorCoverageTests))]
[CollectionDefinition(nameof(VectorCoverageTests), DisableParallelization = true)]
public sealed class VectorCoverageTests
{
    [Fact]
    public void Vectors_WhenAllOtherTestsHaveRun_WereAllRead() => Assert.Empty(VectorFile.Unread);

    internal sealed class LastInLine : ITestCollectionOrderer
    {
        public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
            where TTestCollection : ITestCollection =>
            [.. testCollections.OrderBy(c => c.TestCollectionDisplayName == nameof(VectorCoverageTests))];
    }
}
