namespace Recado.Client.Connection;

/// <summary>Takes encoded stanzas for the wire.</summary>
internal interface IPacketSink
{
    /// <summary>Sends the packets in this order. Does nothing when the connection has ended; never throws for it.</summary>
    ValueTask TrySendAsync(IReadOnlyList<byte[]> packets);
}
