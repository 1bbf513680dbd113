-- Leads are written by the program, and by users through Supabase, who may put anything into a row that its columns take. The indexes are
-- made so that no such row is refused or keeps this script from running.
do $$
begin
    if (select atttypid = 'date'::regtype from pg_attribute where attrelid = 'public.leads'::regclass and attname = 'created_at') then
        alter table public.leads alter column created_at drop default;
        alter table public.leads alter column created_at type timestamptz using created_at::timestamp at time zone 'UTC', alter column created_at set default now();
    end if;

    -- A later form of the original called these two otherwise.
    if exists (select from pg_attribute where attrelid = 'public.leads'::regclass and attname = 'contact_name' and not attisdropped) then
        execute 'update public.leads set name = nullif(trim(contact_name::text), '''') where name is null and contact_name is not null';
    end if;
    if exists (select from pg_attribute where attrelid = 'public.leads'::regclass and attname = 'company_name' and not attisdropped) then
        execute 'update public.leads set company = nullif(trim(company_name::text), '''') where company is null and company_name is not null';
    end if;
end $$;

-- In the order of the list. Postgres knows times that the program does not.
create index leads_newest_first on public.leads
    (user_id, least(greatest(created_at, timestamptz '0001-01-02 00:00:00+00'), timestamptz '9999-12-30 00:00:00+00') desc, id desc);
create index leads_by_number on public.leads (user_id, left(regexp_replace(phone_number, '\D', '', 'g'), 20)) where phone_number is not null;
create index leads_by_lid on public.leads (user_id, left(lid, 64)) where lid is not null;
create index leads_by_session on public.leads (whatsapp_session_id) where whatsapp_session_id is not null;
create index messages_by_lead on public.messages (lead_id) where lead_id is not null;

-- Adds or changes a lead; with "removed", another one that is the same person goes into it. The table may have rules that are not ours: a row
-- that they refuse leaves everything as it was, and must not keep a message from being stored.
create function recado.keep_lead(lead jsonb, removed uuid) returns boolean
language plpgsql set search_path = '' as $$
declare
    kept public.leads;
begin
    kept := jsonb_populate_record(null::public.leads, lead);
    if removed is not null then
        update public.messages m set lead_id = kept.id where m.lead_id = removed;
        delete from public.leads l where l.id = removed and l.user_id = kept.user_id;
    end if;

    insert into public.leads as l (id, user_id, company_id, whatsapp_session_id, data, status, name, phone_number, lid, email, company, source, tags,
        created_at, updated_at)
    values (kept.id, kept.user_id, kept.company_id,
        (select s.id from public.whatsapp_sessions s where s.id = kept.whatsapp_session_id and s.user_id = kept.user_id),
        kept.data, kept.status, kept.name, kept.phone_number, kept.lid, kept.email, kept.company, kept.source, kept.tags,
        kept.created_at, kept.updated_at)
    on conflict (id) do update set company_id = excluded.company_id, whatsapp_session_id = excluded.whatsapp_session_id, status = excluded.status,
        name = excluded.name, phone_number = excluded.phone_number, lid = excluded.lid, email = excluded.email, company = excluded.company,
        source = excluded.source, updated_at = excluded.updated_at,

        -- What somebody else has written in another form stays until there is something to take its place.
        data = case when jsonb_typeof(excluded.data) = 'object' then excluded.data else l.data end,
        tags = case when excluded.tags = '[]' and jsonb_typeof(l.tags) <> 'array' then l.tags else excluded.tags end
    where l.user_id = excluded.user_id;
    return found;
exception
    when transaction_rollback or insufficient_resources or operator_intervention or system_error then
        raise;
    when others then
        raise warning 'A lead was refused by a rule of the table (%).', sqlstate;
        return false;
end $$;

revoke all on function recado.keep_lead(jsonb, uuid) from public;
