namespace Recado.Bench;

/// <summary>The checkout that the bench was built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Recado.slnx")))
                return folder;
        }

        throw new InvalidOperationException($"Recado.slnx stands in no folder above {AppContext.BaseDirectory}.");
    }
}
