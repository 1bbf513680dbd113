using System.Text.Json;
using Recado.Server.Hosting;

namespace Recado.Server.Features.Sessions;

/// <summary>What to send, as it lies in the queue: a <see cref="SendMessage"/> without what only its caller wants to know.</summary>
internal sealed record QueuedSend(string[] To, byte[] Message, MessageAnswer? Answer)
{
    public static byte[] Serialize(SendMessage command) =>
        JsonSerializer.SerializeToUtf8Bytes(new QueuedSend([.. command.To], command.Message, command.Answer), RecadoJson.Options);

    public static SendMessage Parse(byte[] request)
    {
        var queued = JsonSerializer.Deserialize<QueuedSend>(request, RecadoJson.Options)!;
        return new SendMessage(queued.To, queued.Message, queued.Answer);
    }
}
