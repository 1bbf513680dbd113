namespace Recado.Simulator;

/// <summary>The simulator was asked for something it cannot do. The message says what and why.</summary>
public sealed class SimulatorException : Exception
{
    /// <summary>An empty one; not used.</summary>
    public SimulatorException()
        : this("The simulator cannot do that.")
    {
    }

    /// <summary>With a clear sentence.</summary>
    public SimulatorException(string message)
        : this(message, null)
    {
    }

    /// <summary>With a clear sentence and its cause.</summary>
    public SimulatorException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
