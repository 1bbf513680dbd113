using System.Globalization;
using Recado.Protocol.Crypto;
using Recado.Server.Storage;

namespace Recado.Server.Hosting;

/// <summary>The verbs of the executable.</summary>
internal static class CommandLine
{
    private const int Ok = 0, Failed = 1, Misused = 2;

    private const string Usage = $"""
        recado [serve] [--simulate]       starts the backend; settings come from the environment and .env
                                          --simulate: with a simulated WhatsApp and phones on the same port
        recado simulate [--port P] [--host A] [--state FILE]
                                          starts the simulated WhatsApp alone (default: 127.0.0.1, a free port, kept in memory)
        {MigrateCommand.Usage}
        {KeysCommand.Usage}
        {DoctorCommand.Usage}
        {HealthCommand.Usage}
        """;

    /// <returns>The exit code: 0 after a normal end, 1 when the start or the work failed, 2 for an unknown command.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            return args switch
            {
                [] or ["serve"] => await ServeAsync(simulate: false),
                ["--simulate"] or ["serve", "--simulate"] => await ServeAsync(simulate: true),
                ["simulate", .. var rest] => await SimulateAsync(rest),
                ["migrate", .. var rest] => await MigrateAsync(rest),
                ["keys", "rotate"] => await new KeysCommand(ReadSettings(simulate: false), Console.Out).RotateAsync(CancellationToken.None) ? Ok : Failed,
                ["doctor"] or ["doctor", "--json"] => await DiagnoseAsync(isJson: args.Length > 1) ? Ok : Failed,
                ["health"] => await HealthCommand.RunAsync(ReadSettings(simulate: false), Console.Out) ? Ok : Failed,
                ["--help" or "-h" or "help"] => Print(Console.Out, Usage, Ok),
                _ => Print(Console.Error, $"'{string.Join(' ', args)}' is not a command.\n{Usage}", Misused),
            };
        }
        catch (StartException e)
        {
            return Print(Console.Error, e.Message, Failed);
        }
        catch (StorageException e)
        {
            return Print(Console.Error, e.Message, Failed);
        }
    }

    private static async Task<int> ServeAsync(bool simulate)
    {
        var settings = ReadSettings(simulate);
        RecadoHost.CheckAddress(settings);
        await using var host = RecadoHost.Build(settings);
        await host.StartAsync();
        StartMessage.Print(Console.Out, settings, RecadoHost.AddressOf(host));
        await host.WaitForShutdownAsync();
        return Ok;
    }

    private static RecadoSettings ReadSettings(bool simulate)
    {
        var variables = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(v => KeyValuePair.Create((string)v.Key, (string?)v.Value));
        return SettingsReader.Read(EnvironmentValues.Read(variables, ".env"), simulate, RandomSource.System);
    }

    private static async Task<int> MigrateAsync(string[] args)
    {
        if (MigrateCommand.Parse(args) is not { } run)
            return Print(Console.Error, $"'migrate {string.Join(' ', args)}' is not understood.\n{Usage}", Misused);

        await run(new MigrateCommand(ReadSettings(simulate: false), Console.Out));
        return Ok;
    }

    private static async Task<bool> DiagnoseAsync(bool isJson)
    {
        var report = await new DoctorCommand(() => ReadSettings(simulate: false), TimeProvider.System).ExamineAsync(CancellationToken.None);
        report.Print(Console.Out, isJson);
        return report.IsSound;
    }

    private static async Task<int> SimulateAsync(string[] args)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (args[i] is not ("--port" or "--host" or "--state") || i + 1 == args.Length)
                return Print(Console.Error, $"'{args[i]}' is not understood.\n{Usage}", Misused);

            options[args[i]] = args[i + 1];
        }

        var text = options.GetValueOrDefault("--port", "0");
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > 65_535)
            return Print(Console.Error, $"--port is '{text}'; give a number from 0 to 65535.", Misused);

        await SimulatorHosting.RunAloneAsync(options.GetValueOrDefault("--host", "127.0.0.1"), port, options.GetValueOrDefault("--state"));
        return Ok;
    }

    private static int Print(TextWriter writer, string text, int code)
    {
        writer.WriteLine(text);
        return code;
    }
}
