-- Files: uploaded by users, or that came with messages. The bytes lie in a folder, under their hash.
create table media (
    id          text    not null primary key,
    user_id     text    not null,
    session_id  text    not null references whatsapp_sessions (id) on delete cascade,
    status      text    not null check (status in ('pending', 'stored', 'failed')),
    mime_type   text,
    size        integer not null,
    sha256      text    not null,
    file_name   text,
    failure     text,
    direction   text,    -- with whatsapp_id, the message it came with; null for uploads
    whatsapp_id text,
    reference   blob,    -- how to fetch it from WhatsApp, encrypted; null once it is stored
    created_at  integer not null
) strict;

create index media_by_session on media (session_id, status, created_at);
create index media_by_hash on media (sha256);
