using Recado.Server.Hosting;

namespace Recado.Server.Features.Media;

internal static class MediaHosting
{
    /// <summary>The store of files and what makes them ready for messages.</summary>
    public static IServiceCollection AddRecadoMedia(this IServiceCollection services, RecadoSettings settings) => services
        .AddSingleton(provider => OpenStore(settings, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<MediaFiles>()
        .AddSingleton<Pictures>()
        .AddSingleton<Ffmpeg>()
        .AddSingleton<MediaPreparation>()
        .AddSingleton<OutgoingMedia>();

    /// <summary>The store of files that the settings name.</summary>
    public static IFileStore OpenStore(RecadoSettings settings, TimeProvider time) => settings.MediaStore is { } s3
        ? new S3Files(s3, time)
        : new FolderFiles(Path.Combine(settings.DataFolder, "media"));
}
