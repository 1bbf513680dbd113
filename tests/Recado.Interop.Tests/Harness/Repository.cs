namespace Recado.Interop.Tests.Harness;

/// <summary>The checkout the tests were built from.</summary>
internal static class Repository
{
    private static readonly string Root = FindRoot();

    /// <summary>A file of the checkout, given with forward slashes.</summary>
    public static string Path(string relative) => System.IO.Path.Combine(Root, relative);

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
        {
            if (File.Exists(System.IO.Path.Combine(folder, "Recado.slnx")))
                return folder;
        }

        throw new InvalidOperationException($"Recado.slnx stands in no folder above {AppContext.BaseDirectory}.");
    }
}
