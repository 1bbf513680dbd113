using Recado.Protocol.Binary;

namespace Recado.Simulator.Service;

/// <summary>The way to a device that is there: a WebSocket connection, or the phone in this process.</summary>
internal interface IDeviceLink
{
    /// <summary>Whether live stanzas may be sent, that is after <c>active</c>.</summary>
    bool IsActive { get; }

    /// <summary>Hands a stanza over. Never blocks; a device that does not keep up loses its connection.</summary>
    void Send(Node stanza);

    /// <summary>Sends a last stanza and closes the connection.</summary>
    void Close(Node? lastStanza);
}
