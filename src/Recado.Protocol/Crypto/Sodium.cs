using System.Runtime.InteropServices;

namespace Recado.Protocol.Crypto;

/// <summary>
/// The curve arithmetic of libsodium that the framework lacks. Every function returns 0 on success.
/// Lengths are the callers' duty: <see cref="X25519"/> and <see cref="XEdDsa"/> check them before they call.
/// </summary>
internal static partial class Sodium
{
    private const string Library = "libsodium";

    // sodium_init picks the implementations for this processor; it may run once per process and before anything else.
    static Sodium()
    {
        if (Initialize() < 0)
            throw new InvalidOperationException("libsodium could not be initialised.");
    }

    [LibraryImport(Library, EntryPoint = "sodium_init")]
    private static partial int Initialize();

    [LibraryImport(Library, EntryPoint = "crypto_scalarmult_curve25519")]
    public static partial int ScalarMult(Span<byte> shared, ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> point);

    [LibraryImport(Library, EntryPoint = "crypto_scalarmult_curve25519_base")]
    public static partial int ScalarMultBase(Span<byte> point, ReadOnlySpan<byte> scalar);

    [LibraryImport(Library, EntryPoint = "crypto_scalarmult_ed25519_base_noclamp")]
    public static partial int EdwardsScalarMultBase(Span<byte> point, ReadOnlySpan<byte> scalar);

    [LibraryImport(Library, EntryPoint = "crypto_core_ed25519_scalar_reduce")]
    public static partial void ScalarReduce(Span<byte> reduced, ReadOnlySpan<byte> wide);

    [LibraryImport(Library, EntryPoint = "crypto_core_ed25519_scalar_mul")]
    public static partial void ScalarMultiply(Span<byte> product, ReadOnlySpan<byte> x, ReadOnlySpan<byte> y);

    [LibraryImport(Library, EntryPoint = "crypto_core_ed25519_scalar_add")]
    public static partial void ScalarAdd(Span<byte> sum, ReadOnlySpan<byte> x, ReadOnlySpan<byte> y);

    [LibraryImport(Library, EntryPoint = "crypto_sign_verify_detached")]
    public static partial int VerifyDetached(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, ulong messageLength, ReadOnlySpan<byte> publicKey);
}
