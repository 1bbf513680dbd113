namespace Recado.Protocol;

/// <summary>Base of everything Recado throws for a fault that lies outside the caller's code.</summary>
public abstract class RecadoException : Exception
{
    /// <summary>Creates the exception with a sentence that says what happened.</summary>
    protected RecadoException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>Whether the same action may succeed later without any change by the user.</summary>
    public abstract bool IsTransient { get; }
}
