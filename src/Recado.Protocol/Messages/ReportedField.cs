namespace Recado.Protocol.Messages;

/// <summary>
/// A field of a message that a <see cref="ReportingToken"/> covers, whole or in parts. Both sides must agree on the list. Fields
/// that clients list but then always leave out, such as the inside of wrappers, are not in it.
/// </summary>
/// <param name="Number">The field's number.</param>
/// <param name="Parts">The fields inside that count; none: the field counts as it is.</param>
internal sealed record ReportedField(int Number, params IReadOnlyList<ReportedField> Parts)
{
    /// <summary>The fields of a message.</summary>
    public static readonly IReadOnlyList<ReportedField> All =
    [
        1, // text
        new(3, 2, 3, 8, 11, Context(17), 25), // image
        new(4, 1, 16, Context(17)), // contact
        new(5, 3, 4, 5, 16, Context(17)), // location
        new(6, 1, Context(17), 30), // text with context
        new(7, 2, 7, 10, Context(17), 20), // document
        new(8, 2, 7, 9, Context(17), 21), // audio
        new(9, 2, 6, 7, 13, Context(17), 20), // video
        new(12, 1, 2, 15), // revoke, edit
        new(18, 6, 16, Context(17)), // live location
        new(26, 4, 5, 8, 13, Context(17)), // sticker
        new(28, 1, 2, 4, 5, 6, Context(7)), // group invitation
        Poll(49),
        Poll(60),
        Poll(64),
        new(66, 2, 6, 7, 13, Context(17), 20), // video note
        new(88, 1, new(2, 1), Context(3)),
    ];

    public static implicit operator ReportedField(int number) => new(number);

    /// <summary>Of the context, how far the message was forwarded.</summary>
    private static ReportedField Context(int number) => new(number, 21, 22);

    private static ReportedField Poll(int number) => new(number, 2, new(3, 1, 2), Context(5), new(8, 1, 2));
}
