using Recado.Protocol.Crypto;
using Recado.Protocol.Signal;

namespace Recado.Bench;

/// <summary>A sender key at its author and at a member. Every operation goes from a stored record to a stored record, and can be repeated.</summary>
internal sealed class GroupConversation
{
    private static readonly byte[] Text = new byte[64]; // a padded text message of usual length

    private readonly byte[] _author;
    private readonly byte[] _member;
    private readonly byte[] _message;

    public GroupConversation()
    {
        var (distribution, author) = SenderKeyCipher.CreateDistribution(null, RandomSource.System);
        _member = SenderKeyCipher.ProcessDistribution(null, distribution).Serialize();
        _author = author.Serialize();
        _message = SenderKeyCipher.Encrypt(author, Text, RandomSource.System).Body;
    }

    public byte[] Encrypt() => SenderKeyCipher.Encrypt(SenderKeyRecord.Parse(_author), Text, RandomSource.System).Record.Serialize();

    public byte[] Decrypt() => SenderKeyCipher.Decrypt(SenderKeyRecord.Parse(_member), _message).Record.Serialize();
}
