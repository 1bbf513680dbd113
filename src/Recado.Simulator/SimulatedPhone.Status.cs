using Recado.Protocol.Proto;

namespace Recado.Simulator;

/// <summary>Status updates.</summary>
public sealed partial class SimulatedPhone
{
    /// <summary>Posts a text for everybody that the account has exchanged messages with, and for its own companions.</summary>
    /// <returns>The message id.</returns>
    /// <exception cref="SimulatorException">The service refuses it.</exception>
    public Task<string> PostStatusAsync(string text, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return PostStatusAsync(new Message { ExtendedTextMessage = new ExtendedTextMessage { Text = text } }, ct);
    }

    /// <summary>Posts a message given in protobuf JSON.</summary>
    /// <inheritdoc cref="PostStatusAsync(string, CancellationToken)"/>
    public Task<string> PostStatusMessageAsync(string messageJson, CancellationToken ct = default) => PostStatusAsync(Parse(messageJson), ct);

    private Task<string> PostStatusAsync(Message message, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult(_exchange.Run(() => _endpoint.Submit(_endpoint.PrepareStatus(message))));
    }
}
