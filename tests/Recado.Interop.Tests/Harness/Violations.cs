using Recado.Simulator;

namespace Recado.Interop.Tests.Harness;

/// <summary>What the strict service may complain about when Baileys is connected.</summary>
internal static class Violations
{
    /// <summary>Parts of the complaints that Baileys earns, each with what it does.</summary>
    private static readonly string[] Quirks = [];

    /// <summary>Fails when a client broke the protocol in another way than Baileys is known to.</summary>
    public static void AssertOnlyQuirks(SimulatedService service) =>
        Assert.DoesNotContain(service.Trace.Violations, v => !Quirks.Any(q => v.Text.Contains(q, StringComparison.Ordinal)));
}
