using System.Text.Json;
using Recado.Server.Storage;

namespace Recado.Server.Tests.Leads;

public sealed class LeadRowTests
{
    [Theory]
    [InlineData(false, """{"firstMessage":"hello","pushName":"Carla"}""")]
    [InlineData(true, """{"pushName":"Carla"}""")]
    public void Made_WhenContentsAreEncrypted_RepeatsNoText(bool hidesText, string expected)
    {
        var now = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
        var wanted = new LeadRow { UserId = Guid.NewGuid(), Data = JsonSerializer.SerializeToElement(new { firstMessage = "hello", pushName = "Carla" }) };

        var lead = wanted.Made(now, hidesText);

        Assert.Equal(expected, lead.Data.GetRawText());
        Assert.Equal((now, now), (lead.CreatedAt, lead.UpdatedAt));
        Assert.NotEqual(Guid.Empty, lead.Id);
    }
}
