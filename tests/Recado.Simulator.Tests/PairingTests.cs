using Recado.Protocol.Binary;
using Recado.Protocol.Pairing;
using Recado.Simulator.Faults;
using Recado.Simulator.Tests.Clients;
using Recado.Simulator.Trace;

namespace Recado.Simulator.Tests;

public sealed class PairingTests : ServiceTest
{
    [Fact]
    public async Task Scan_WhenTheDeviceProvesItsKeys_LinksIt()
    {
        var device = new RawDevice();

        await RawClient.PairAsync(Service, Ana, device, Ct);

        Assert.Equal(1, Assert.Single(Ana.LinkedDevices).Number);
        Assert.Equal(Ana.Jid.WithDevice(1), device.Jid);
        Assert.Equal(Ana.Lid.WithDevice(1), device.Lid);
        Assert.Empty(Service.Trace.Violations);
    }

    [Fact]
    public async Task LogIn_WhenPaired_IsGreetedAndGivenKeysAndHistory()
    {
        var device = new RawDevice();
        await RawClient.PairAsync(Service, Ana, device, Ct);

        await using var client = await RawClient.LogInAsync(Service, device, Ct);
        var share = await client.Connection.ReceiveAsync(n => n["category"] == "peer");

        var message = client.Decrypt(share);
        Assert.True(share.IsJid("from"));
        Assert.Equal(32, message.ProtocolMessage.AppStateSyncKeyShare.Keys[0].KeyData.KeyData.Length);
        Assert.Empty(Service.Trace.Violations);
    }

    [Theory]
    [InlineData(FaultKind.WrongPairingHmac, "hmac-mismatch")]
    [InlineData(FaultKind.WrongPairingSignature, "signature-mismatch")]
    public async Task Scan_WhenTheContainerIsWrong_FailsWithTheDevicesReason(FaultKind kind, string reason)
    {
        var device = new RawDevice();
        Service.Faults.Add(new Fault(kind));
        await using var connection = await RawConnection.OpenAsync(Service, device, Ct);
        var scan = Ana.ScanAsync(await RawClient.ReceiveCodeAsync(connection, device), Ct);

        var refusal = await Assert.ThrowsAsync<PairingException>(() => RawClient.AnswerPairingAsync(connection, device));
        await connection.SendAsync(new Node("iq", [("to", Protocol.Jid.Service), ("type", "error"), ("id", await PairSuccessIdAsync())],
            [new Node("error", [("code", refusal.Code), ("text", refusal.Text)])]));

        var failure = await Assert.ThrowsAsync<SimulatorException>(() => scan);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.Empty(Ana.LinkedDevices);
    }

    [Fact]
    public async Task Scan_WhenTheConnectionHasEnded_SaysThatTheCodeIsUnknown()
    {
        var device = new RawDevice();
        await using var connection = await RawConnection.OpenAsync(Service, device, Ct);
        var code = await RawClient.ReceiveCodeAsync(connection, device);
        await Service.DropConnectionsAsync();
        await Service.Trace.WaitForAsync(e => e is NoteEntry { Text: "The connection has ended." }, Ct);

        var failure = await Assert.ThrowsAsync<SimulatorException>(() => Ana.ScanAsync(code, Ct));

        Assert.Contains("does not know the code", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("a,b,c,d")]
    [InlineData("")]
    public async Task Scan_WhenTheTextIsNoCode_SaysSo(string text)
    {
        var failure = await Assert.ThrowsAsync<SimulatorException>(() => Ana.ScanAsync(text, Ct));

        Assert.Contains("not that of a code", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scan_WhenTheKeysAreNotTheConnections_IsRefused()
    {
        var device = new RawDevice();
        await using var connection = await RawConnection.OpenAsync(Service, device, Ct);
        var code = QrCode.Parse(await RawClient.ReceiveCodeAsync(connection, device));
        var forged = QrCode.Format(System.Text.Encoding.UTF8.GetBytes(code.Ref), code.NoisePublicKey, new byte[32], code.AdvSecret, "1");

        var failure = await Assert.ThrowsAsync<SimulatorException>(() => Ana.ScanAsync(forged, Ct));

        Assert.Contains("keys", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Register_WhenThePreKeySignatureIsWrong_IsRefused()
    {
        var device = new RawDevice();
        device.SignedPreKey = device.SignedPreKey with { Signature = new byte[64] };

        await using var connection = await RawConnection.OpenAsync(Service, device, Ct);
        var failure = await connection.ReceiveAsync("failure");

        Assert.Equal("400", failure["reason"]);
        Assert.Contains(Service.Trace.Violations, v => v.Text.Contains("signature", StringComparison.Ordinal));
    }

    [Fact]
    public async Task LogIn_WhenTheNoiseKeyIsAnother_IsRefused()
    {
        var device = new RawDevice();
        await RawClient.PairAsync(Service, Ana, device, Ct);
        device.NoiseKey = Protocol.Crypto.KeyPair.Generate(RawDevice.Random);

        await using var connection = await RawConnection.OpenAsync(Service, device, Ct);
        var failure = await connection.ReceiveAsync("failure");

        Assert.Equal("401", failure["reason"]);
    }

    [Fact]
    public async Task LogIn_WhenTheDeviceIsConnected_ReplacesTheOtherConnection()
    {
        await using var first = await ClientOfAsync(Ana);

        await using var second = await RawClient.LogInAsync(Service, first.Device, Ct);
        var error = await first.Connection.ReceiveAsync("stream:error");
        await first.Connection.EndAsync();

        Assert.Equal("replaced", error.RequiredChild("conflict")["type"]);
        Assert.True(Assert.Single(Ana.LinkedDevices).IsOnline);
    }

    [Fact]
    public async Task Unlink_WhenTheDeviceIsConnected_RemovesItForGood()
    {
        await using var client = await ClientOfAsync(Ana);

        await Ana.UnlinkAsync(1, Ct);
        var error = await client.Connection.ReceiveAsync("stream:error");
        await using var again = await RawConnection.OpenAsync(Service, client.Device, Ct);
        var failure = await again.ReceiveAsync("failure");

        Assert.Equal("401", error["code"]);
        Assert.Equal("device_removed", error.RequiredChild("conflict")["type"]);
        Assert.Equal("401", failure["reason"]);
    }

    [Fact]
    public async Task RemoveCompanion_WhenAskedByTheDevice_AnswersAndUnlinks()
    {
        await using var client = await ClientOfAsync(Ana);

        var answer = await client.Connection.RequestAsync("set", "md",
            new Node("remove-companion-device", [("jid", client.Device.Jid), ("reason", "user_initiated")]));
        var error = await client.Connection.ReceiveAsync("stream:error");

        Assert.Equal("result", answer["type"]);
        Assert.Equal("401", error["code"]);
        Assert.Empty(Ana.LinkedDevices);
    }

    private async Task<string> PairSuccessIdAsync()
    {
        var entry = await Service.Trace.WaitForAsync(e => e is StanzaEntry s && s.Node.Child("pair-success") is not null, Ct);
        return ((StanzaEntry)entry).Node["id"]!;
    }
}
