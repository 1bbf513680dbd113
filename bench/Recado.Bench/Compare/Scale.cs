namespace Recado.Bench.Compare;

/// <summary>How much is measured.</summary>
/// <param name="Rounds">Measurements of each figure, turn by turn; the median is printed.</param>
/// <param name="Milliseconds">Length of one measurement of a single operation.</param>
/// <param name="Received">Texts that wait for a session when it connects.</param>
/// <param name="Sent">Texts that a session sends.</param>
/// <param name="Group">Texts that a session sends to a group, and that wait for it there; members of the group.</param>
/// <param name="Logins">How often a session connects and disconnects.</param>
/// <param name="Idle">Sessions that are held in the smaller and in the larger process.</param>
internal sealed record Scale(int Rounds, int Milliseconds, int Received, int Sent, (int Texts, int Members) Group, int Logins, (int Few, int Many) Idle)
{
    public static Scale Full { get; } = new(Rounds: 5, Milliseconds: 500, Received: 2_000, Sent: 1_000, Group: (200, 50), Logins: 100, Idle: (10, 110));

    public static Scale Quick { get; } = new(Rounds: 3, Milliseconds: 100, Received: 200, Sent: 100, Group: (20, 10), Logins: 10, Idle: (2, 12));
}
