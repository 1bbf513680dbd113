namespace Recado.Protocol.Pairing;

/// <summary>What a companion device claims to be; decides the icon on the phone. The numbers are those of the wire.</summary>
public enum DevicePlatform
{
#pragma warning disable CS1591 // the names say all there is to say
    Unknown = 0,
    Chrome = 1,
    Firefox = 2,
    InternetExplorer = 3,
    Opera = 4,
    Safari = 5,
    Edge = 6,
    Desktop = 7,
    IPad = 8,
    AndroidTablet = 9,
    Ohana = 10,
    Aloha = 11,
    Catalina = 12,
    TclTv = 13,
    IosPhone = 14,
    IosCatalyst = 15,
    AndroidPhone = 16,
    AndroidAmbiguous = 17,
    WearOs = 18,
    ArWrist = 19,
    ArDevice = 20,
    Uwp = 21,
    Vr = 22,
    CloudApi = 23,
    SmartGlasses = 24,
#pragma warning restore CS1591
}

/// <summary>How this device presents itself when it registers and logs in.</summary>
/// <param name="OsName">The name the phone shows in its list of linked devices.</param>
/// <param name="Platform">The kind of device. Default: Chrome.</param>
public sealed record DeviceProfile(string OsName, DevicePlatform Platform = DevicePlatform.Chrome)
{
    /// <summary>Version of the device shown to the phone. Default: 0.1.0.</summary>
    public WebVersion OsVersion { get; init; } = new(0, 1, 0);

    /// <summary>ISO 639-1. Default: en.</summary>
    public string Language { get; init; } = "en";

    /// <summary>ISO 3166-1 alpha-2. Default: US.</summary>
    public string Country { get; init; } = "US";

    /// <summary>Whether to ask the phone for its whole history rather than the recent part. Default: false.</summary>
    public bool RequireFullSync { get; init; }

    /// <summary>The platform as the QR code and the pairing code name it: one character.</summary>
    public string CompanionPlatformId => Platform switch
    {
        DevicePlatform.Chrome => "1",
        DevicePlatform.Edge => "2",
        DevicePlatform.Firefox => "3",
        DevicePlatform.InternetExplorer => "4",
        DevicePlatform.Opera => "5",
        DevicePlatform.Safari => "6",
        DevicePlatform.Desktop => "7",
        DevicePlatform.Uwp => "8",
        DevicePlatform.AndroidPhone => "e",
        _ => "9", // some other web client
    };
}
