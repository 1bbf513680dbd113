-- Of a message of ours to a group every member has a row from the start. Those who leave hold it back no longer.
create table message_receipts_of_members (
    session_id  text    not null references whatsapp_sessions (id) on delete cascade,
    whatsapp_id text    not null,
    participant text    not null, -- JID
    status      text    not null check (status in ('sent', 'delivered', 'read', 'played')),
    at          integer not null,
    has_left    integer not null default 0,
    primary key (session_id, whatsapp_id, participant)
) strict, without rowid;

insert into message_receipts_of_members (session_id, whatsapp_id, participant, status, at)
select session_id, whatsapp_id, participant, status, at from message_receipts;

drop table message_receipts;
alter table message_receipts_of_members rename to message_receipts;

create index message_receipts_open on message_receipts (session_id, participant) where status in ('sent', 'delivered');

-- What the phone knows of a chat besides its messages.
alter table chats add column is_archived integer not null default 0;
alter table chats add column pinned_at integer;
alter table chats add column muted_until integer;

-- What the phone says is unread counts as well, although it was written before this device was linked.
drop index messages_unread;
create index messages_unread on messages (whatsapp_session_id, chat, timestamp)
    where status = 'received' and direction = 'received' and about is null;

-- What people call themselves, known before anything is written with them.
create table push_names (
    session_id text not null references whatsapp_sessions (id) on delete cascade,
    jid        text not null,
    name       text not null,
    primary key (session_id, jid)
) strict, without rowid;
