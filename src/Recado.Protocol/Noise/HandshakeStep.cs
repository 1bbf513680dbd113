namespace Recado.Protocol.Noise;

/// <summary>Where a handshake stands. A step that fails leaves it at <see cref="Broken"/>: its keys are half mixed and of no more use.</summary>
internal enum HandshakeStep
{
    Fresh,
    HelloSent,
    Finished,
    Split,
    Broken,
}

internal static class HandshakeStepExtensions
{
    /// <summary>Enters a step that may fail: whoever leaves it well sets the next one.</summary>
    public static void Enter(this ref HandshakeStep step, HandshakeStep expected)
    {
        if (step != expected)
            throw new InvalidOperationException($"The handshake stands at {step}; this call belongs to {expected}.");

        step = HandshakeStep.Broken;
    }
}
