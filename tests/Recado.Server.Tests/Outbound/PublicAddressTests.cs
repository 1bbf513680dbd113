using System.Net;
using Recado.Server.Features.Outbound;

namespace Recado.Server.Tests.Outbound;

public sealed class PublicAddressTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.255")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")] // metadata of most clouds
    [InlineData("168.63.129.16")] // Azure's
    [InlineData("100.100.100.200")] // Alibaba's, within carrier-grade NAT
    [InlineData("100.64.0.1")]
    [InlineData("192.0.0.192")] // Oracle's
    [InlineData("192.0.2.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::10.0.0.1")]
    [InlineData("fe80::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")] // Amazon's
    [InlineData("ff02::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2001::1")]
    [InlineData("2002:7f00:1::")] // 127.0.0.1 by 6to4
    [InlineData("64:ff9b::a9fe:a9fe")] // 169.254.169.254 by NAT64
    public void IsPublic_OfAnAddressThatIsNotOfTheInternet_IsFalse(string address) => Assert.False(PublicAddress.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.1")]
    [InlineData("169.253.255.255")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2606:4700::1111")]
    [InlineData("2a00:1450:4001::1")]
    [InlineData("64:ff9b::101:101")]
    public void IsPublic_OfAnAddressOfTheInternet_IsTrue(string address) => Assert.True(PublicAddress.IsPublic(IPAddress.Parse(address)));
}
