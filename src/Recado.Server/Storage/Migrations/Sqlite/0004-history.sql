-- Messages out of the phone's history are rows like others. SQLite cannot change a check, so the table is made anew; nothing refers to it.
create table messages_with_history (
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
    origin              text    not null check (origin in ('live', 'offline', 'history')),
    about               text
) strict;

insert into messages_with_history
select id, user_id, lead_id, whatsapp_session_id, direction, content, status, timestamp, whatsapp_id, chat, sender, phone_number, lid, push_name,
    is_group, origin, about
from messages;

drop table messages;
alter table messages_with_history rename to messages;

create unique index messages_once on messages (whatsapp_session_id, whatsapp_id, direction, chat);
create index messages_newest_first on messages (whatsapp_session_id, timestamp desc, id desc);
create index messages_by_chat on messages (whatsapp_session_id, chat, timestamp desc, id desc);
create index messages_about on messages (whatsapp_session_id, about) where about is not null;

-- Files of the past are many, and few are looked at: they wait until somebody asks for them.
alter table media add column is_wanted integer not null default 1;
create index media_to_fetch on media (session_id, created_at) where status = 'pending' and is_wanted = 1;
