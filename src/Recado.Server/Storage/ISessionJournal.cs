namespace Recado.Server.Storage;

/// <summary>What a session's owner writes.</summary>
internal interface ISessionJournal;
