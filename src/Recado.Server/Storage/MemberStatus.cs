namespace Recado.Server.Storage;

/// <summary>
/// How far a message to a group has come: as far as the slowest of those who were members when it was sent and have not left since. In the
/// SQL that both engines understand.
/// </summary>
internal static class MemberStatus
{
    /// <summary>The rank of the status in a column, of a message or of a member: the higher the further.</summary>
    public static string RankOf(string column) =>
        $"case {column} when 'pending' then 0 when 'delivered' then 2 when 'read' then 3 when 'played' then 4 else 1 end";

    /// <summary>The status of a rank.</summary>
    public static string NameOf(string rank) => $"case {rank} when 4 then 'played' when 3 then 'read' when 2 then 'delivered' else 'sent' end";
}
