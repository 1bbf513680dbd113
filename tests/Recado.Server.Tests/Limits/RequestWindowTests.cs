using System.Net;
using Microsoft.Extensions.Time.Testing;
using Recado.Server.Features.Limits;

namespace Recado.Server.Tests.Limits;

public sealed class RequestWindowTests
{
    private static readonly IPAddress Client = IPAddress.Parse("203.0.113.7");

    private readonly FakeTimeProvider _time = new();

    private RequestWindow<IPAddress> Window(int limit) => new(limit, TimeSpan.FromMinutes(15), _time, ClientNetwork.Unknown);

    [Fact]
    public void Take_WhenTheLimitIsUsedUp_RefusesUntilTheWindowEnds()
    {
        var window = Window(2);

        Assert.Equal(new RequestQuota(true, 2, 1, TimeSpan.FromMinutes(15)), window.Take(Client));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(new RequestQuota(true, 2, 0, TimeSpan.FromMinutes(10)), window.Take(Client));
        Assert.Equal(new RequestQuota(false, 2, 0, TimeSpan.FromMinutes(10)), window.Take(Client));
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(new RequestQuota(true, 2, 1, TimeSpan.FromMinutes(15)), window.Take(Client));
    }

    [Fact]
    public void Take_WhenAddressesDiffer_CountsEach()
    {
        var window = Window(1);

        Assert.True(window.Take(Client).Allowed);
        Assert.True(window.Take(ClientNetwork.Of(IPAddress.Parse("203.0.113.8"))).Allowed);
        Assert.False(window.Take(Client).Allowed);
    }

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", false)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", true)]
    [InlineData("203.0.113.9", "::ffff:203.0.113.9", false)]
    public void Take_WhenTheAddressIsIPv6_CountsTheNetwork(string first, string second, bool allowed)
    {
        var window = Window(1);

        window.Take(ClientNetwork.Of(IPAddress.Parse(first)));

        Assert.Equal(allowed, window.Take(ClientNetwork.Of(IPAddress.Parse(second))).Allowed);
    }

    [Fact]
    public void Take_WhenThereAreTooManyAddresses_CountsTheRestTogether()
    {
        var window = Window(1);
        for (var i = 0; i < 100_000; i++)
            window.Take(new IPAddress(0x0A000000L + i));

        Assert.True(window.Take(ClientNetwork.Of(IPAddress.Parse("198.51.100.1"))).Allowed);
        Assert.False(window.Take(ClientNetwork.Of(IPAddress.Parse("198.51.100.2"))).Allowed);

        _time.Advance(TimeSpan.FromMinutes(15));
        Assert.True(window.Take(ClientNetwork.Of(IPAddress.Parse("198.51.100.2"))).Allowed);
    }
}
