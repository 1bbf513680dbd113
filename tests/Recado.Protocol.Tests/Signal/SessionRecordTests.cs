using Recado.Protocol.Signal;

namespace Recado.Protocol.Tests.Signal;

public sealed class SessionRecordTests
{
    private readonly Conversation _conversation = new();

    [Fact]
    public void Serialize_WhenParsedAgain_IsTheSameRecord()
    {
        var (alice, _) = _conversation.Establish();

        var parsed = SessionRecord.Parse(alice.Serialize());

        Assert.Equal(alice.Serialize(), parsed.Serialize());
        Assert.True(parsed.CanSend);
        Assert.Equal(_conversation.Bob.RegistrationId, parsed.RemoteRegistrationId);
        Assert.Equal(_conversation.Bob.KeyPair.PublicKey, parsed.RemoteIdentityKey);
        Assert.Equal(alice.BaseKey, parsed.BaseKey);
    }

    [Fact]
    public void Parse_WhenTheBytesAreMutilated_FailsWithTypedErrors()
    {
        var (alice, _) = _conversation.Establish();

        Mutilations.AssertTyped(alice.Archive().AppendArchive(alice).Serialize(), bytes =>
        {
            var record = SessionRecord.Parse(bytes);
            if (record.CanSend)
                SessionCipher.Encrypt(record, "x"u8);
        });
    }

    [Fact]
    public void Parse_WhenEmpty_IsAnEmptyRecord()
    {
        var record = SessionRecord.Parse([]);

        Assert.False(record.CanSend);
        Assert.Empty(record.RemoteIdentityKey);
        Assert.Equal(
            SignalError.NoSession,
            Assert.Throws<SignalException>(() => SessionCipher.Decrypt(record, AnyMessage(), _conversation.Random)).Error);
    }

    [Fact]
    public void Archive_WhenALateMessageComes_ReadsItAndPromotesTheSession()
    {
        var (alice, bob) = _conversation.Establish(1);
        var late = SessionCipher.Encrypt(alice, "late"u8);
        var (_, newer) = _conversation.Establish(2, bob: bob);
        var newerBase = newer.BaseKey;

        var received = SessionCipher.Decrypt(newer, late.Body, _conversation.Random);

        Assert.Equal("late"u8, received.Plaintext);
        Assert.Equal(bob.BaseKey, received.Record.BaseKey);
        Assert.Equal(newerBase, received.Record.States[1].BaseKey.ToByteArray());
        Assert.Equal(2, received.Record.States.Length);
    }

    [Fact]
    public void Archive_WhenTheMessageIsADuplicateOfAnArchivedSession_SaysOldCounter()
    {
        var (alice, bob) = _conversation.Establish(1);
        var message = SessionCipher.Encrypt(alice, "once"u8);
        bob = SessionCipher.Decrypt(bob, message.Body, _conversation.Random).Record;
        (_, bob) = _conversation.Establish(2, bob: bob);

        var error = Assert.Throws<SignalException>(() => SessionCipher.Decrypt(bob, message.Body, _conversation.Random)).Error;

        Assert.Equal(SignalError.OldCounter, error);
    }

    [Fact]
    public void Archive_KeepsWhatCanBeReadButCannotSend()
    {
        var (alice, bob) = _conversation.Establish();
        var archived = SessionRecord.Parse(bob.Archive().Serialize());
        var message = SessionCipher.Encrypt(alice, "x"u8);

        Assert.False(archived.CanSend);
        Assert.Equal(bob.BaseKey, archived.BaseKey);
        Assert.True(SessionCipher.Decrypt(archived, message.Body, _conversation.Random).Record.CanSend);
        Assert.Same(archived, archived.Archive());
    }

    [Fact]
    public void Install_WhenFortyAreArchived_ForgetsTheOldest()
    {
        var (alice, bob) = _conversation.Establish(1);
        var oldest = SessionCipher.Encrypt(alice, "x"u8).Body;
        for (var i = 2u; i <= 41; i++)
            (_, bob) = _conversation.Establish(i, bob: bob);
        Assert.Equal(41, bob.States.Length);
        Assert.Equal("x"u8, SessionCipher.Decrypt(bob, oldest, _conversation.Random).Plaintext);

        (_, bob) = _conversation.Establish(42, bob: bob);

        bob = SessionRecord.Parse(bob.Serialize());
        Assert.Equal(1 + SessionRecord.MaxArchived, bob.States.Length);
        var error = Assert.Throws<SignalException>(() => SessionCipher.Decrypt(bob, oldest, _conversation.Random)).Error;
        Assert.Equal(SignalError.BadMac, error);
        Assert.Equal(SessionRecord.MaxArchived, bob.Archive().States.Length);
    }

    [Fact]
    public void AppendArchive_KeepsTheCurrentSessionAndReadsBoth()
    {
        var (oldAlice, byPhone) = _conversation.Establish(1);
        var (newAlice, byLid) = _conversation.Establish(2);

        var merged = byLid.AppendArchive(byPhone);

        Assert.Equal(byLid.BaseKey, merged.BaseKey);
        Assert.Equal("1"u8, SessionCipher.Decrypt(merged, SessionCipher.Encrypt(oldAlice, "1"u8).Body, _conversation.Random).Plaintext);
        Assert.Equal("2"u8, SessionCipher.Decrypt(merged, SessionCipher.Encrypt(newAlice, "2"u8).Body, _conversation.Random).Plaintext);
        Assert.Equal(merged.Serialize(), merged.AppendArchive(byPhone).Serialize());
    }

    [Fact]
    public void AppendArchive_ToARecordWithoutCurrentSession_StillCannotSend()
    {
        var (_, byPhone) = _conversation.Establish(1);
        var (_, byLid) = _conversation.Establish(2);

        var merged = byLid.Archive().AppendArchive(byPhone);

        Assert.False(merged.CanSend);
        Assert.Equal(2, merged.States.Length);
    }

    [Theory]
    [InlineData("222_1:5", "222_1", 5u)]
    [InlineData("a:b:0", "a:b", 0u)]
    public void SignalAddress_WhenParsed_IsItsText(string text, string name, uint device)
    {
        Assert.Equal(new SignalAddress(name, device), SignalAddress.Parse(text));
        Assert.Equal(text, SignalAddress.Parse(text).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("222")]
    [InlineData(":1")]
    [InlineData("222:-1")]
    [InlineData("222:x")]
    public void SignalAddress_WhenTheTextIsAnother_IsRefused(string text) =>
        Assert.Throws<FormatException>(() => SignalAddress.Parse(text));

    private byte[] AnyMessage()
    {
        var (alice, _) = _conversation.Establish();
        return SessionCipher.Encrypt(alice, "x"u8).Body;
    }
}
