using Recado.Simulator;
using Recado.Simulator.Trace;

namespace Recado.Interop.Tests.Harness;

/// <summary>Whether everybody has kept to the protocol.</summary>
internal static class Peace
{
    private const string OurLabel = "Recado";

    /// <summary>
    /// Fails for every violation that the service has seen but one: Baileys locks a session by the JID that a message is addressed to. Two
    /// first messages to its own phone that meet, one by number and one by LID, can be encrypted under one key; the service takes one of
    /// them, and the phone asks for the other. Nobody but Baileys may do that.
    /// </summary>
    public static void AssertKept(SimulatedService service) =>
        Assert.DoesNotContain(service.Trace.Violations, note => !IsSlipOfBaileys(service, note));

    private static bool IsSlipOfBaileys(SimulatedService service, NoteEntry note)
    {
        if (!note.Text.StartsWith("A message key is used a second time", StringComparison.Ordinal) || note.Connection.Split(':') is not [var phone, var device])
            return false;

        return note.Text.EndsWith($"towards {phone}:0.", StringComparison.Ordinal)
            && service.Phone(phone).LinkedDevices.Any(linked => $"{linked.Number}" == device && linked.Label is { } label && label != OurLabel);
    }
}
