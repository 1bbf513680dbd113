namespace Recado.Server.Tests.Storage.Postgres;

/// <summary>Databases as people have them before Recado's first start.</summary>
internal static class SupabaseShape
{
    public static readonly Guid Ana = Guid.NewGuid(), Bruno = Guid.NewGuid();

    /// <summary>What every Supabase project begins with, as far as it concerns us.</summary>
    public static string Empty => $"""
        create schema auth;
        create schema storage;
        create table auth.users (id uuid primary key, email text);
        create function auth.uid() returns uuid language sql stable as
            $f$ select nullif(nullif(current_setting('request.jwt.claims', true), '')::json ->> 'sub', '')::uuid $f$;
        grant usage on schema public, auth to anon, authenticated, service_role;
        alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
        alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
        create publication supabase_realtime;
        insert into auth.users values ('{Ana}', 'ana@example.com'), ('{Bruno}', 'bruno@example.com');
        """;

    /// <summary>Roles belong to the whole server.</summary>
    public const string Roles = """
        do $$ begin
            perform pg_advisory_lock(1);
            if to_regrole('anon') is null then create role anon nologin; end if;
            if to_regrole('authenticated') is null then create role authenticated nologin; end if;
            if to_regrole('service_role') is null then create role service_role nologin bypassrls; end if;
            perform pg_advisory_unlock(1);
        end $$;
        """;

    /// <summary>The tables of the original with rows, and policies that let everybody read.</summary>
    public static string Original => $"""
        create table public.whatsapp_sessions (
            id uuid primary key default gen_random_uuid(),
            user_id uuid not null references auth.users (id),
            phone_number varchar(20) not null,
            session_data text not null,
            status varchar(20) not null default 'disconnected' check (status in ('connecting', 'connected', 'disconnected', 'error')),
            created_at timestamp default now(),
            updated_at timestamptz default now());
        create table public.leads (
            id uuid primary key default gen_random_uuid(),
            user_id uuid not null references auth.users (id),
            company_id uuid,
            whatsapp_session_id uuid references public.whatsapp_sessions (id),
            data jsonb not null,
            status text default 'new',
            created_at timestamptz default now());
        create table public.messages (
            id uuid primary key default gen_random_uuid(),
            user_id uuid not null references auth.users (id),
            lead_id uuid references public.leads (id),
            whatsapp_session_id uuid references public.whatsapp_sessions (id),
            direction text not null check (direction in ('sent', 'received')),
            content jsonb not null,
            status text,
            timestamp timestamptz default now());
        {Rows}
        """;

    /// <summary>The same as a later version of it had them.</summary>
    public static string Later => $"""
        create type public.session_status as enum ('connecting', 'connected', 'disconnected');
        create table public.whatsapp_sessions (
            id uuid primary key default gen_random_uuid(),
            user_id uuid not null references auth.users (id),
            phone_number text,
            session_data jsonb,
            status public.session_status default 'disconnected',
            created_at timestamptz default now(),
            updated_at timestamptz default now());
        create table public.leads (
            id uuid primary key default gen_random_uuid(),
            user_id uuid not null references auth.users (id),
            company_name text not null default 'Acme',
            contact_name text not null,
            tags text[] default array['a', 'b'],
            status text not null default 'new' check (status in ('new', 'contacted', 'qualified', 'converted', 'lost')),
            data jsonb,
            whatsapp_session_id uuid,
            company_id text,
            created_at timestamptz default now());
        alter table public.leads alter column contact_name set default 'Carla';
        create table public.messages (
            id uuid primary key default gen_random_uuid(),
            user_id uuid not null references auth.users (id),
            conversation_id uuid not null default gen_random_uuid(),
            lead_id uuid references public.leads (id),
            whatsapp_session_id uuid references public.whatsapp_sessions (id),
            direction text not null,
            content jsonb not null,
            status text not null,
            timestamp timestamptz not null default now());
        {Rows}
        alter table public.messages alter column conversation_id drop default;
        alter table public.leads alter column contact_name drop default;
        """;

    private static string Rows => $$"""
        insert into public.whatsapp_sessions (id, user_id, phone_number, session_data, status) values
            ('00000000-0000-0000-0000-000000000001', '{{Ana}}', '5511900000001', '{"creds":"0af3"}', 'connected'),
            ('00000000-0000-0000-0000-000000000002', '{{Bruno}}', '5511900000002', '{"creds":"77aa"}', 'disconnected');
        insert into public.leads (user_id, data, status, whatsapp_session_id)
            select user_id, '{"name":"Carla"}', 'new', id from public.whatsapp_sessions;
        insert into public.messages (user_id, lead_id, whatsapp_session_id, direction, content, status, timestamp)
            select l.user_id, l.id, l.whatsapp_session_id, 'received', '{"from":"5511900000009@s.whatsapp.net","conversation":"oi"}', 'received',
                timestamptz '2025-03-01 12:00:00.123456Z' + n * interval '1 microsecond'
            from public.leads l, generate_series(1, 5) n;
        create policy "Anyone reads" on public.messages for select using (true);
        create policy "Anyone reads" on public.whatsapp_sessions for all using (true);
        """;

    /// <summary>A new database of this shape.</summary>
    public static async Task<string> CreateAsync(string more = "")
    {
        var address = await SharedPostgres.CreateDatabaseAsync(isMigrated: false);
        await PostgresServer.ExecuteAsync(address, Roles);
        await PostgresServer.ExecuteAsync(address, Empty);
        if (more.Length > 0)
            await PostgresServer.ExecuteAsync(address, more);
        return address;
    }
}
