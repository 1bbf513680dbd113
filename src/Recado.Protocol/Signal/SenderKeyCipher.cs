using System.Security.Cryptography;
using Google.Protobuf;
using Recado.Protocol.Crypto;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Signal;

/// <summary>Bytes for the wire, and the record to store before they are sent.</summary>
/// <param name="Body">The bytes.</param>
/// <param name="Record">The sender keys, moved on.</param>
public readonly record struct SenderKeyOutput(byte[] Body, SenderKeyRecord Record);

/// <summary>A decrypted group message, and the record to store together with its effect.</summary>
/// <param name="Plaintext">The plaintext, still with its random padding.</param>
/// <param name="Record">The sender keys, moved on.</param>
public readonly record struct SenderKeyPlaintext(byte[] Plaintext, SenderKeyRecord Record);

/// <summary>
/// Group encryption: each sending device has a chain and a signing key, and gives both to every member. Pure functions from a
/// record to a new record; an exception leaves the given record as it was.
/// </summary>
public static class SenderKeyCipher
{
    private const int KeysLength = 48; // IV (16) ‖ cipher key (32)
    private const int IvLength = 16;

    /// <summary>
    /// The message that gives members our sender key as it stands now; makes the key first when there is none
    /// (draws 4 bytes for the id, 32 for the chain, 32 for the signing key).
    /// </summary>
    public static SenderKeyOutput CreateDistribution(SenderKeyRecord? record, IRandomSource random)
    {
        record ??= SenderKeyRecord.Empty;
        if (!record.CanSend)
            record = record.WithFirst(NewState(random));

        var state = record.Newest!;
        var message = new SenderKeyWireDistribution
        {
            Id = state.Id,
            Iteration = state.Iteration,
            ChainKey = state.ChainKey,
            SigningKey = PublicKey.Encode(state.SigningPublicKey.Span),
        };
        return new(WhisperFrame.Frame(message, trailerLength: 0), record);
    }

    /// <summary>
    /// Takes over the sender key of another device. A key that is known already stays as it is, since it may be further on.
    /// </summary>
    /// <exception cref="SignalException"><see cref="SignalError.InvalidMessage"/>.</exception>
    public static SenderKeyRecord ProcessDistribution(SenderKeyRecord? record, ReadOnlySpan<byte> body)
    {
        record ??= SenderKeyRecord.Empty;
        var message = ParseDistribution(body);
        var signingKey = PublicKey.Decode(message.SigningKey, "signing key");
        foreach (var known in record.States)
        {
            if (known.Id == message.Id && known.SigningPublicKey.Span.SequenceEqual(signingKey))
                return record.WithFirst(known);
        }

        return record.WithFirst(new()
        {
            Id = message.Id,
            Iteration = message.Iteration,
            ChainKey = message.ChainKey,
            SigningPublicKey = ByteString.CopyFrom(signingKey),
        });
    }

    /// <summary>Encrypts with our newest sender key. The signature draws 64 bytes.</summary>
    /// <exception cref="SignalException"><see cref="SignalError.NoSenderKey"/>: make a distribution first.</exception>
    public static SenderKeyOutput Encrypt(SenderKeyRecord record, ReadOnlySpan<byte> paddedPlaintext, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (!record.CanSend)
            throw SignalException.Of(SignalError.NoSenderKey);

        var state = record.Newest!.Clone();
        var iteration = state.Iteration;
        Span<byte> seed = stackalloc byte[KeyDerivation.KeyLength];
        Span<byte> next = stackalloc byte[KeyDerivation.KeyLength];
        Span<byte> keys = stackalloc byte[KeysLength];
        try
        {
            KeyDerivation.ChainStep(state.ChainKey.Span, seed, next);
            state.ChainKey = ByteString.CopyFrom(next);
            state.Iteration = checked(iteration + 1);

            DeriveKeys(seed, keys);
            var message = new SenderKeyWireMessage
            {
                Id = state.Id,
                Iteration = iteration,
                Ciphertext = UnsafeByteOperations.UnsafeWrap(AesCbc.Encrypt(keys[IvLength..], keys[..IvLength], paddedPlaintext)),
            };
            var body = WhisperFrame.Frame(message, XEdDsa.SignatureLength);
            var signed = body.AsSpan(..^XEdDsa.SignatureLength);
            XEdDsa.Sign(state.SigningPrivateKey.Span, signed, random).CopyTo(body.AsSpan(^XEdDsa.SignatureLength..));
            return new(body, record.Advance(0, state));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
            CryptographicOperations.ZeroMemory(next);
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    /// <summary>Decrypts a group message (<c>skmsg</c>); the signature is checked first.</summary>
    /// <exception cref="SignalException">The message cannot be read; its error tells what to do about it.</exception>
    public static SenderKeyPlaintext Decrypt(SenderKeyRecord? record, ReadOnlySpan<byte> body)
    {
        var message = ParseMessage(body);
        if (record?.Newest is null)
            throw SignalException.Of(SignalError.NoSenderKey);

        var at = IndexOf(record, message.Id);
        if (at < 0)
            throw SignalException.Of(SignalError.NoSenderKeyState);

        var state = record.States[at];
        if (!XEdDsa.Verify(state.SigningPublicKey.Span, body[..^XEdDsa.SignatureLength], body[^XEdDsa.SignatureLength..]))
            throw SignalException.BadSignature("group message");

        var chain = new MessageChain(state.ChainKey, state.Iteration, state.Skipped);
        Span<byte> seed = stackalloc byte[KeyDerivation.KeyLength];
        Span<byte> keys = stackalloc byte[KeysLength];
        try
        {
            if (chain.Seek(message.Iteration, seed) is { } refused)
                throw SignalException.Of(refused);

            DeriveKeys(seed, keys);
            var plaintext = AesCbc.TryDecrypt(keys[IvLength..], keys[..IvLength], message.Ciphertext.Span)
                ?? throw SignalException.Of(SignalError.BadPadding);

            var advanced = new StoredSenderKeyState(state) { ChainKey = chain.ChainKey, Iteration = chain.Index, Skipped = chain.Skipped };
            return new(plaintext, record.Advance(at, advanced));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    private static StoredSenderKeyState NewState(IRandomSource random)
    {
        var id = Math.Max(1, RandomNumber.Next31Bit(random));
        var chainKey = random.Bytes(KeyDerivation.KeyLength);
        var signingKey = KeyPair.Generate(random);
        return new()
        {
            Id = id,
            Iteration = 0,
            ChainKey = UnsafeByteOperations.UnsafeWrap(chainKey),
            SigningPublicKey = ByteString.CopyFrom(signingKey.PublicKey),
            SigningPrivateKey = ByteString.CopyFrom(signingKey.PrivateKey),
        };
    }

    private static void DeriveKeys(ReadOnlySpan<byte> seed, Span<byte> keys) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, seed, keys, salt: [], info: "WhisperGroup"u8);

    private static int IndexOf(SenderKeyRecord record, uint id)
    {
        for (var i = 0; i < record.States.Length; i++)
        {
            if (record.States[i].Id == id)
                return i;
        }

        return -1;
    }

    private static SenderKeyWireMessage ParseMessage(ReadOnlySpan<byte> body)
    {
        if (body.Length <= 1 + XEdDsa.SignatureLength)
            throw SignalException.Invalid($"A group message of {body.Length} bytes is too short.");

        WhisperFrame.CheckVersion(body[0]);
        return Protobuf.TryParse(SenderKeyWireMessage.Parser, body[1..^XEdDsa.SignatureLength])
            is { HasId: true, HasIteration: true, HasCiphertext: true } message
            ? message
            : throw SignalException.Invalid("The group message is malformed or lacks a field.");
    }

    private static SenderKeyWireDistribution ParseDistribution(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
            throw SignalException.Invalid("The sender key distribution is empty.");

        WhisperFrame.CheckVersion(body[0]);
        return Protobuf.TryParse(SenderKeyWireDistribution.Parser, body[1..])
            is { HasId: true, HasIteration: true, HasSigningKey: true, ChainKey.Length: KeyDerivation.KeyLength } message
            ? message
            : throw SignalException.Invalid("The sender key distribution is malformed or lacks a field.");
    }
}
