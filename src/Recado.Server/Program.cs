using Recado.Server.Hosting;

return await CommandLine.RunAsync(args);
