using System.Text.Json;

namespace Recado.Simulator.State;

/// <summary>The file a service's state is kept in. It holds private keys: only its owner may read it.</summary>
internal sealed class StateFile(string path)
{
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The saved state; <see langword="null"/> when there is none yet.</summary>
    /// <exception cref="SimulatorException">The file cannot be read, or is of another format.</exception>
    public ServiceState? Read()
    {
        if (!File.Exists(Path))
            return null;

        try
        {
            var state = JsonSerializer.Deserialize(File.ReadAllBytes(Path), StateJson.Default.ServiceState);
            return state is { Format: ServiceState.CurrentFormat }
                ? state
                : throw new SimulatorException($"The simulator's state in {Path} has the format {state?.Format}, this version reads {ServiceState.CurrentFormat}. Move the file away to start anew.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new SimulatorException($"The simulator's state in {Path} cannot be read: {e.Message} Move the file away to start anew.", e);
        }
    }

    /// <summary>Replaces the file in one step: a crash leaves the old state or the new one. One writer at a time.</summary>
    public void Write(ServiceState state)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        var temporary = Path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        using (var stream = new FileStream(temporary, options))
        {
            JsonSerializer.Serialize(stream, state, StateJson.Default.ServiceState);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, Path, overwrite: true);
    }
}
