-- What a user may see through Supabase lies in "public"; everything else in "recado", a schema that no API serves.
revoke all on schema recado from public;

-- The three tables of the original. They may be here already, in one of its forms and with rows: then they are completed, and no row and no
-- column goes. Below, each step is written so that it does nothing to tables that were just created.
create table if not exists public.whatsapp_sessions (
    id      uuid primary key default gen_random_uuid(),
    user_id uuid not null
);

create table if not exists public.leads (
    id      uuid primary key default gen_random_uuid(),
    user_id uuid not null
);

create table if not exists public.messages (
    id                  uuid primary key default gen_random_uuid(),
    user_id             uuid not null,
    lead_id             uuid references public.leads (id) on delete set null,
    whatsapp_session_id uuid references public.whatsapp_sessions (id) on delete cascade
);

alter table public.whatsapp_sessions
    add column if not exists user_id           uuid,
    add column if not exists name              text,
    add column if not exists phone_number      text,
    add column if not exists lid               text,
    add column if not exists session_data      text, -- the credentials, encrypted: 'recado:' and base64; null before pairing and after a logout
    add column if not exists is_paired         boolean not null default false,
    add column if not exists status            text,
    add column if not exists reason            text,
    add column if not exists reason_code       text,
    add column if not exists last_connected_at timestamptz,
    add column if not exists created_at        timestamptz,
    add column if not exists updated_at        timestamptz;

alter table public.leads
    add column if not exists user_id             uuid,
    add column if not exists company_id          uuid,
    add column if not exists whatsapp_session_id uuid references public.whatsapp_sessions (id) on delete set null,
    add column if not exists data                jsonb,
    add column if not exists status              text,
    add column if not exists name                text,
    add column if not exists phone_number        text,
    add column if not exists lid                 text,
    add column if not exists email               text,
    add column if not exists company             text,
    add column if not exists source              text,
    add column if not exists tags                jsonb,
    add column if not exists created_at          timestamptz,
    add column if not exists updated_at          timestamptz;

alter table public.messages
    add column if not exists user_id             uuid,
    add column if not exists lead_id             uuid,
    add column if not exists whatsapp_session_id uuid,
    add column if not exists direction           text,
    add column if not exists content             jsonb,
    add column if not exists status              text,
    add column if not exists timestamp           timestamptz,
    add column if not exists whatsapp_id         text not null default gen_random_uuid()::text, -- rows of others need one too
    add column if not exists about               text,
    add column if not exists chat                text not null default '',
    add column if not exists sender              text not null default '',
    add column if not exists phone_number        text,
    add column if not exists lid                 text,
    add column if not exists push_name           text,
    add column if not exists is_group            boolean not null default false,
    add column if not exists origin              text not null default 'live';

do $$
declare
    tables constant regclass[] := array['public.whatsapp_sessions', 'public.leads', 'public.messages'];
    needed constant name[] := array['id', 'user_id'];
    item record;
begin
    -- Rules on states and directions that were written for other words than ours.
    for item in
        select k.conrelid::regclass as tab, k.conname
        from pg_constraint k
        where k.conrelid = any (tables) and k.contype = 'c' and exists (
            select from pg_attribute a where a.attrelid = k.conrelid and a.attnum = any (k.conkey) and a.attname in ('status', 'direction'))
    loop
        execute format('alter table %s drop constraint %I', item.tab, item.conname);
    end loop;

    for item in
        select c.oid::regclass as tab from pg_class c
        where c.oid = any (tables) and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p')
    loop
        execute format('alter table %s add primary key (id)', item.tab);
    end loop;

    -- Columns that somebody else requires, and that we may not be able to fill.
    for item in
        select a.attrelid::regclass as tab, a.attname
        from pg_attribute a
        where a.attrelid = any (tables) and a.attnum > 0 and not a.attisdropped and a.attnotnull and not a.atthasdef and a.attidentity = ''
          and a.attname <> all (needed)
    loop
        execute format('alter table %s alter column %I drop not null', item.tab, item.attname);
    end loop;

    -- Texts of a certain length, enumerations, and credentials in whatever form.
    for item in
        select a.attrelid::regclass as tab, a.attname, a.atttypid, a.atthasdef
        from pg_attribute a
        where a.attrelid = any (tables) and not a.attisdropped and a.atttypid <> 'text'::regtype and (
            a.attname in ('status', 'phone_number', 'direction')
            or (a.attrelid = 'public.whatsapp_sessions'::regclass and a.attname in ('session_data', 'name'))
            or (a.attrelid = 'public.leads'::regclass and a.attname in ('name', 'email', 'company', 'source')))
    loop
        if item.atthasdef then
            execute format('alter table %s alter column %I drop default', item.tab, item.attname);
        end if;
        execute format(
            'alter table %s alter column %I type text using %s', item.tab, item.attname,
            format(case item.atttypid when 'bytea'::regtype then 'encode(%I, ''base64'')' else '%I::text' end, item.attname));
    end loop;

    for item in
        select a.attrelid::regclass as tab, a.attname, a.atttypid, a.atthasdef
        from pg_attribute a
        where a.attrelid = any (tables) and not a.attisdropped and a.atttypid <> 'jsonb'::regtype and a.attname in ('data', 'content', 'tags')
    loop
        if item.atthasdef then
            execute format('alter table %s alter column %I drop default', item.tab, item.attname);
        end if;
        execute format('alter table %s alter column %I type jsonb using to_jsonb(%I)', item.tab, item.attname, item.attname);
    end loop;

    -- Times without a zone were meant as UTC.
    for item in
        select a.attrelid::regclass as tab, a.attname
        from pg_attribute a
        where a.attrelid = any (tables) and not a.attisdropped and a.atttypid = 'timestamp'::regtype
          and a.attname in ('created_at', 'updated_at', 'timestamp')
    loop
        execute format('alter table %s alter column %I type timestamptz using %I at time zone ''UTC''', item.tab, item.attname, item.attname);
    end loop;
end $$;

-- Sessions of the original are shown and kept, but their keys are in its own form: they rest until their phone scans again. Nothing reads
-- what lies in their session_data, and a new scan replaces it.
update public.whatsapp_sessions
set status = case status when 'logged_out' then 'logged_out' else 'disconnected' end,
    reason = 'Linked by an earlier backend, whose keys cannot be used here. Connect the session and scan the QR code again.',
    reason_code = 'relink_needed',
    created_at = coalesce(created_at, updated_at, now()),
    updated_at = coalesce(updated_at, created_at, now());

update public.messages
set direction = coalesce(direction, 'received'),
    content = coalesce(content, '{}'),
    status = coalesce(status, 'received'),
    timestamp = coalesce(timestamp, now()),
    chat = coalesce(nullif(chat, ''), content ->> 'chat', content ->> 'from', content ->> 'to', ''),
    sender = coalesce(nullif(sender, ''), content ->> 'from', '');

update public.leads
set data = coalesce(data, '{}'),
    status = coalesce(status, 'new'),
    created_at = coalesce(created_at, now()),
    updated_at = coalesce(updated_at, created_at, now()),
    tags = coalesce(tags, '[]');

alter table public.whatsapp_sessions
    alter column status set not null, alter column status set default 'disconnected',
    alter column created_at set not null, alter column created_at set default now(),
    alter column updated_at set not null, alter column updated_at set default now(),
    add constraint whatsapp_sessions_known_status
        check (status in ('connecting', 'connected', 'reconnecting', 'disconnected', 'logged_out', 'error'));

alter table public.messages
    alter column direction set not null,
    alter column content set not null, alter column content set default '{}',
    alter column status set not null, alter column status set default 'received',
    alter column timestamp set not null, alter column timestamp set default now();

alter table public.leads
    alter column data set not null, alter column data set default '{}',
    alter column status set not null, alter column status set default 'new',
    alter column tags set not null, alter column tags set default '[]',
    alter column created_at set not null, alter column created_at set default now(),
    alter column updated_at set not null, alter column updated_at set default now();

create index if not exists whatsapp_sessions_by_user on public.whatsapp_sessions (user_id, created_at desc);
create index if not exists whatsapp_sessions_by_status on public.whatsapp_sessions (status);

-- No message is stored twice.
create unique index if not exists messages_once on public.messages (whatsapp_session_id, whatsapp_id, direction, chat);
create index if not exists messages_newest_first on public.messages (whatsapp_session_id, timestamp desc, id desc);
create index if not exists messages_by_chat on public.messages (whatsapp_session_id, chat, timestamp desc, id desc);
create index if not exists messages_about on public.messages (whatsapp_session_id, about) where about is not null;
create index if not exists leads_by_user on public.leads (user_id, created_at desc);

-- The number lives on when old events are removed, so that it never repeats.
create table recado.user_event_numbers (
    user_id       uuid   primary key,
    last_event_id bigint not null
);

create table recado.user_events (
    user_id    uuid        not null,
    event_id   bigint      not null,
    session_id uuid,
    type       text        not null,
    payload    json        not null, -- never searched, only read as it was written
    created_at timestamptz not null,
    primary key (user_id, event_id)
);

create index user_events_by_age on recado.user_events (created_at);
create index user_events_by_session on recado.user_events (session_id);

-- Ratchets, prekeys, mappings, the outbox: every record encrypted and bound to its place.
create table recado.device_records (
    session_id uuid   not null references public.whatsapp_sessions (id) on delete cascade,
    kind       text   not null,
    id         text   not null collate "C", -- ordered by its bytes
    key_id     bigint not null,             -- which secret encrypts it; repeated from the data for the sake of rotation
    data       bytea  not null,
    expires_at timestamptz,
    primary key (session_id, kind, id)
);

create index device_records_by_expiry on recado.device_records (expires_at) where expires_at is not null;

-- Who may write for a session: the holder of the highest epoch.
create table recado.session_lease (
    session_id  uuid   primary key references public.whatsapp_sessions (id) on delete cascade,
    epoch       bigint not null,
    last_commit uuid -- the newest write, so that one whose answer was lost can be told from one that did not happen
) with (fillfactor = 50);

-- The first statement of every write: keeps the lease until the transaction ends, or ends the transaction.
create function recado.hold_lease(session uuid, held bigint, this_commit uuid) returns void
language plpgsql set search_path = '' as $$
begin
    update recado.session_lease l set last_commit = this_commit where l.session_id = session and l.epoch = held;
    if not found then
        raise exception 'The lease of session % is stale.', session using errcode = 'RC001';
    end if;
end $$;

-- Files: uploaded by users, or that came with messages. The bytes lie in a folder, under their hash.
create table recado.media (
    id          uuid   primary key,
    user_id     uuid   not null,
    session_id  uuid   not null references public.whatsapp_sessions (id) on delete cascade,
    status      text   not null check (status in ('pending', 'stored', 'failed')),
    mime_type   text,
    size        bigint not null,
    sha256      text   not null,
    file_name   text,
    failure     text,
    direction   text,  -- with whatsapp_id, the message it came with; null for uploads
    whatsapp_id text,
    reference   bytea, -- how to fetch it from WhatsApp, encrypted; null once it is stored
    created_at  timestamptz not null
);

create index media_by_session on recado.media (session_id, status, created_at);
create index media_by_hash on recado.media (sha256);
