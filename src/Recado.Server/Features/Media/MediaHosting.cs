using Recado.Server.Hosting;

namespace Recado.Server.Features.Media;

internal static class MediaHosting
{
    /// <summary>The store of files and what makes them ready for messages.</summary>
    public static IServiceCollection AddRecadoMedia(this IServiceCollection services, RecadoSettings settings)
    {
        if (settings.MediaStore is { } s3)
            services.AddSingleton<IFileStore>(provider => new S3Files(s3, provider.GetRequiredService<TimeProvider>()));
        else
            services.AddSingleton<IFileStore>(_ => new FolderFiles(Path.Combine(settings.DataFolder, "media")));

        return services
            .AddSingleton<MediaFiles>()
            .AddSingleton<Pictures>()
            .AddSingleton<Ffmpeg>()
            .AddSingleton<MediaPreparation>()
            .AddSingleton<OutgoingMedia>();
    }
}
