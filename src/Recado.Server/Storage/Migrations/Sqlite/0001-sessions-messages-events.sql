-- Ids are UUIDs in lower case, times are milliseconds since 1970 in UTC.

create table whatsapp_sessions (
    id                text    not null primary key,
    user_id           text    not null,
    name              text,
    phone_number      text,
    lid               text,
    session_data      blob,    -- the credentials, encrypted; null before pairing and after a logout
    is_paired         integer not null default 0,
    status            text    not null check (status in ('connecting', 'connected', 'reconnecting', 'disconnected', 'logged_out', 'error')),
    reason            text,
    reason_code       text,
    last_connected_at integer,
    created_at        integer not null,
    updated_at        integer not null
) strict;

create index whatsapp_sessions_by_user on whatsapp_sessions (user_id, created_at desc);
create index whatsapp_sessions_by_status on whatsapp_sessions (status);

create table messages (
    id                  text    not null primary key,
    user_id             text    not null,
    lead_id             text,
    whatsapp_session_id text    not null references whatsapp_sessions (id) on delete cascade,
    direction           text    not null check (direction in ('sent', 'received')),
    content             text    not null check (json_valid(content)),
    status              text    not null,
    timestamp           integer not null,
    whatsapp_id         text    not null,
    chat                text    not null,
    sender              text    not null,
    phone_number        text,
    lid                 text,
    push_name           text,
    is_group            integer not null default 0,
    origin              text    not null check (origin in ('live', 'offline'))
) strict;

-- No message is stored twice.
create unique index messages_once on messages (whatsapp_session_id, whatsapp_id, direction, chat);
create index messages_newest_first on messages (whatsapp_session_id, timestamp desc, id desc);
create index messages_by_chat on messages (whatsapp_session_id, chat, timestamp desc, id desc);

-- The number lives on when old events are removed, so that it never repeats.
create table user_event_numbers (
    user_id       text    not null primary key,
    last_event_id integer not null
) strict, without rowid;

create table user_events (
    user_id    text    not null,
    event_id   integer not null,
    session_id text,
    type       text    not null,
    payload    text    not null,
    created_at integer not null,
    primary key (user_id, event_id)
) strict, without rowid;

create index user_events_by_age on user_events (created_at);
create index user_events_by_session on user_events (session_id);

-- Ratchets, prekeys, mappings, the outbox: every record encrypted and bound to its place.
create table device_records (
    session_id text    not null references whatsapp_sessions (id) on delete cascade,
    kind       text    not null,
    id         text    not null,
    key_id     integer not null, -- which secret encrypts it; repeated from the data for the sake of rotation
    data       blob    not null,
    expires_at integer,
    primary key (session_id, kind, id)
) strict, without rowid;

create index device_records_by_expiry on device_records (expires_at) where expires_at is not null;

-- Who may write for a session: the holder of the highest epoch.
create table session_lease (
    session_id text    not null primary key references whatsapp_sessions (id) on delete cascade,
    epoch      integer not null
) strict, without rowid;
