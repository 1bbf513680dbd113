using Npgsql;
using Recado.Server.Storage.Postgres;

namespace Recado.Server.Tests.Storage.Postgres;

/// <summary>What a token of Supabase's opens, said in the database's own words.</summary>
public sealed class RowLevelSecurityTests
{
    private const string Denied = "42501";

    [Theory]
    [InlineData("select count(*) from public.messages", 5)]
    [InlineData("select count(id) from public.whatsapp_sessions", 1)]
    [InlineData("select count(*) from public.leads", 1)]
    public async Task Read_WhenSignedIn_SeesOwnRowsOnly(string sql, long own)
    {
        var address = await MigratedAsync();

        Assert.Equal(own, await AsAsync(address, "authenticated", SupabaseShape.Ana, sql));
        Assert.Equal(0L, await AsAsync(address, "authenticated", Guid.NewGuid(), sql));
    }

    [Theory]
    [InlineData("authenticated", "select session_data from public.whatsapp_sessions")]
    [InlineData("authenticated", "select * from public.whatsapp_sessions")]
    [InlineData("authenticated", "insert into public.messages (user_id, direction) values (auth.uid(), 'sent')")]
    [InlineData("authenticated", "update public.messages set status = 'read'")]
    [InlineData("authenticated", "delete from public.messages")]
    [InlineData("authenticated", "update public.whatsapp_sessions set status = 'connected'")]
    [InlineData("authenticated", "insert into public.whatsapp_sessions (user_id, status) values (auth.uid(), 'connected')")]
    [InlineData("authenticated", "delete from public.whatsapp_sessions")]
    [InlineData("authenticated", "select count(*) from recado.device_records")]
    [InlineData("authenticated", "select count(*) from recado.session_lease")]
    [InlineData("authenticated", "select count(*) from recado.user_events")]
    [InlineData("authenticated", "select count(*) from recado.media")]
    [InlineData("authenticated", "select count(*) from recado.api_keys")]
    [InlineData("authenticated", "select count(*) from recado.audit_log")]
    [InlineData("authenticated", "select recado.hold_lease(gen_random_uuid(), 1, gen_random_uuid())")]
    [InlineData("anon", "select count(*) from public.messages")]
    [InlineData("anon", "select count(id) from public.whatsapp_sessions")]
    [InlineData("anon", "select count(*) from public.leads")]
    [InlineData("anon", "insert into public.leads (user_id) values (gen_random_uuid())")]
    [InlineData("anon", "select count(*) from recado.device_records")]
    [InlineData("service_role", "select count(*) from recado.device_records")]
    public async Task Access_WhenItIsNotTheUsersToHave_IsDenied(string role, string sql)
    {
        var address = await MigratedAsync();

        var e = await Assert.ThrowsAsync<PostgresException>(() => AsAsync(address, role, SupabaseShape.Ana, sql));

        Assert.Equal(Denied, e.SqlState);
    }

    [Fact]
    public async Task Access_WhenTheSchemaGrows_LeavesNoTableOfOursOpen()
    {
        var address = await MigratedAsync();

        Assert.Empty(await PostgresServer.QueryAsync(
            address,
            """
            select c.oid::regclass::text, r.rolname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace, pg_roles r
            where n.nspname = 'recado' and c.relkind in ('r', 'p', 'v') and r.rolname in ('anon', 'authenticated', 'service_role')
              and has_schema_privilege(r.oid, n.oid, 'usage')
            union all
            select c.oid::regclass::text, '' from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'public' and c.relkind = 'r' and not c.relrowsecurity
            """));
    }

    [Fact]
    public async Task Leads_WhenSignedIn_AreWrittenForOneselfOnly()
    {
        var address = await MigratedAsync();

        await AsAsync(address, "authenticated", SupabaseShape.Ana, "insert into public.leads (user_id, data) values (auth.uid(), '{}')");
        await AsAsync(address, "authenticated", SupabaseShape.Ana, "update public.leads set status = 'lost'");
        await AsAsync(address, "authenticated", SupabaseShape.Bruno, "delete from public.leads where status = 'lost'");
        var forged = await Assert.ThrowsAsync<PostgresException>(() => AsAsync(
            address, "authenticated", SupabaseShape.Ana, $"insert into public.leads (user_id, data) values ('{SupabaseShape.Bruno}', '{{}}')"));
        var given = await Assert.ThrowsAsync<PostgresException>(() => AsAsync(
            address, "authenticated", SupabaseShape.Ana, $"update public.leads set user_id = '{SupabaseShape.Bruno}'"));

        Assert.Equal((Denied, Denied), (forged.SqlState, given.SqlState));
        Assert.Equal(["lost|2", "new|1"], await PostgresServer.QueryAsync(address, "select status, count(*) from public.leads group by 1 order by 1"));
    }

    private static async Task<string> MigratedAsync()
    {
        var address = await SupabaseShape.CreateAsync(SupabaseShape.Original);
        await PostgresDatabase.Open(address).DisposeAsync();
        return address;
    }

    /// <summary>Runs one statement as PostgREST does for a request with a user's token.</summary>
    private static async Task<object?> AsAsync(string address, string role, Guid user, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(address) { Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var identity = new NpgsqlCommand($"set local role {role}; select set_config('request.jwt.claims', '{{\"sub\":\"{user}\"}}', true)", connection))
            await identity.ExecuteNonQueryAsync();

        await using var command = new NpgsqlCommand(sql, connection);
        var result = await command.ExecuteScalarAsync();
        await transaction.CommitAsync();
        return result;
    }
}
