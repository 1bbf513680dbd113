-- A user's own token, through Supabase, reads the user's rows and writes none but leads. The program itself connects as the owner of the
-- tables, whom row-level security does not concern.
alter table public.whatsapp_sessions enable row level security;
alter table public.messages enable row level security;
alter table public.leads enable row level security;

do $$
declare
    tab text;
begin
    if to_regrole('anon') is null or to_regrole('authenticated') is null or to_regprocedure('auth.uid()') is null then
        return; -- not Supabase: nobody else has been given anything
    end if;

    revoke all on public.whatsapp_sessions, public.messages, public.leads from anon, authenticated;
    revoke all on schema recado from anon, authenticated;
    revoke all on all tables in schema recado from anon, authenticated;
    revoke all on function recado.hold_lease(uuid, bigint, uuid) from public;

    -- Never session_data.
    grant select (id, user_id, name, phone_number, lid, is_paired, status, reason, reason_code, last_connected_at, created_at, updated_at)
        on public.whatsapp_sessions to authenticated;
    grant select on public.messages to authenticated;
    grant select, insert, update, delete on public.leads to authenticated;

    foreach tab in array array['whatsapp_sessions', 'messages', 'leads'] loop
        -- The permissive policy opens the user's own rows; the restrictive one holds against whatever other policies open.
        execute format(
            'create policy recado_own on public.%I for all to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()))',
            tab);
        execute format(
            'create policy recado_only_own on public.%I as restrictive for all to anon, authenticated '
            || 'using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()))',
            tab);
    end loop;
end $$;

-- Rows go with their user.
do $$
declare
    tab regclass;
begin
    if to_regclass('auth.users') is null then
        return;
    end if;

    if not has_table_privilege('auth.users', 'references') then
        raise warning 'The rows of a user who is removed stay: this role may not refer to auth.users.';
        return;
    end if;

    foreach tab in array array['public.whatsapp_sessions', 'public.messages', 'public.leads']::regclass[] loop
        if not exists (select from pg_constraint where conrelid = tab and contype = 'f' and confrelid = 'auth.users'::regclass) then
            -- Not valid: rows that are here already stay, whoever they belong to.
            execute format('alter table %s add foreign key (user_id) references auth.users (id) on delete cascade not valid', tab);
        end if;
    end loop;
end $$;

-- Supabase Realtime reads this publication; what it sends to a user obeys the policies and column privileges above.
do $$
declare
    tab text;
begin
    if not exists (select from pg_publication where pubname = 'supabase_realtime' and not puballtables) then
        return;
    end if;

    foreach tab in array array['whatsapp_sessions', 'messages', 'leads'] loop
        if not exists (select from pg_publication_tables where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = tab) then
            execute format('alter publication supabase_realtime add table public.%I', tab);
        end if;
    end loop;
exception when insufficient_privilege then
    raise warning 'The tables are not in the publication supabase_realtime: its owner must add them.';
end $$;
