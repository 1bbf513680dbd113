namespace Recado.Server.Hosting;

/// <summary>Where sessions connect. Asked for each new client, because a simulator on our own port is known only once that port is open.</summary>
internal sealed class ServiceAddress(Func<OtherService?> find)
{
    /// <summary>The service to use instead of WhatsApp, or null.</summary>
    public OtherService? Other => find();
}
