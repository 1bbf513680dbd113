namespace Recado.Server.Features.Media;

/// <summary>The store of files does not do what it is there for: it is away, or refuses. The message is for the operator.</summary>
internal sealed class FileStoreException(string message, Exception? inner = null) : IOException(message, inner);
