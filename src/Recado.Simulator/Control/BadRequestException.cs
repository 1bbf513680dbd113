namespace Recado.Simulator.Control;

/// <summary>A body makes no sense. The message says what is wrong with it.</summary>
internal sealed class BadRequestException(string message) : Exception(message);
