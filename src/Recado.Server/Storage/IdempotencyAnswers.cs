using System.Security.Cryptography;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage;

/// <summary>What both engines make of a key that is in use.</summary>
internal static class IdempotencyAnswers
{
    /// <param name="answer">Encrypted; null while the request is carried out.</param>
    public static IdempotencyClaim Judge(IdempotencyAttempt attempt, byte[] requestHash, byte[]? answer, RecordCipher cipher)
    {
        if (!CryptographicOperations.FixedTimeEquals(requestHash, attempt.RequestHash))
            return new IdempotencyClaim.Mismatch();
        if (answer is null)
            return new IdempotencyClaim.Running();

        try
        {
            return new IdempotencyClaim.Answered(cipher.Open(RecordPlace.Answer(attempt.UserId, attempt.Key), answer));
        }
        catch (StorageException e) when (!e.IsTransient)
        {
            return new IdempotencyClaim.Answered(null); // its key was taken out of SESSION_ENCRYPTION_KEY within the day
        }
    }
}
