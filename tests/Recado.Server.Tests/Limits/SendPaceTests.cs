using Microsoft.Extensions.Time.Testing;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Tests.Limits;

public sealed class SendPaceTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Take_AfterABurst_SaysWhenThereIsRoomAgain()
    {
        var pace = new SendPace(perMinute: 30, burst: 2, _time);

        Assert.Null(pace.Take());
        Assert.Null(pace.Take());
        var wait = Assert.NotNull(pace.Take());

        Assert.InRange(wait, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2.1));
        _time.Advance(wait);
        Assert.Null(pace.Take());
        Assert.NotNull(pace.Take());
    }

    [Fact]
    public void Take_AfterALongPause_AllowsNoMoreThanTheBurst()
    {
        var pace = new SendPace(perMinute: 30, burst: 2, _time);
        _time.Advance(TimeSpan.FromDays(1));

        Assert.Equal([true, true, false], [pace.Take() is null, pace.Take() is null, pace.Take() is null]);
    }

    [Fact]
    public void Take_WhenNothingWasSent_IsFree()
    {
        var pace = new SendPace(perMinute: 1, burst: 1, _time);

        pace.Take();
        pace.GiveBack();

        Assert.Null(pace.Take());
        Assert.NotNull(pace.Take());
    }

    [Fact]
    public void Take_WhenThereIsNoLimit_NeverWaits()
    {
        var pace = new SendPace(perMinute: 0, burst: 1, _time);

        Assert.All(Enumerable.Range(0, 1000), _ => Assert.Null(pace.Take()));
    }
}
