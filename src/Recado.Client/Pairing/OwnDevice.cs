using Recado.Client.Stores;
using Recado.Protocol;

namespace Recado.Client.Pairing;

/// <summary>This device as it is now: the credentials in use, published changes included.</summary>
internal sealed class OwnDevice
{
    private volatile Credentials? _current;

    public Credentials? Current => _current;

    /// <summary>The credentials of a linked device.</summary>
    /// <exception cref="ConnectionException">The device is not linked.</exception>
    public Credentials Paired =>
        _current is { IsPaired: true } credentials
            ? credentials
            : throw new ConnectionException("This session is not linked to a phone yet.");

    /// <summary>Writes the credentials with the transaction and uses them from now on.</summary>
    public void Replace(DeviceTransaction transaction, Credentials credentials)
    {
        transaction.Put(Credentials.Key, credentials.Serialize());
        _current = credentials;
    }

    /// <summary>Uses credentials that are stored already, or not to be stored yet.</summary>
    public void Use(Credentials? credentials) => _current = credentials;

    /// <summary>Our own JID of the same kind as <paramref name="peer"/>: by LID for LIDs, by phone number otherwise.</summary>
    public Jid JidLike(Jid peer) => peer.IsLid && Paired.Lid is { } lid ? lid : Paired.PhoneNumber!.Value;
}
