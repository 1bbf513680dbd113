-- Of a message of ours to a group every member has a row from the start. Those who leave hold it back no longer.
alter table recado.message_receipts drop constraint message_receipts_status_check;
alter table recado.message_receipts add constraint message_receipts_status_check check (status in ('sent', 'delivered', 'read', 'played'));
alter table recado.message_receipts add column has_left boolean not null default false;

create index message_receipts_open on recado.message_receipts (session_id, participant) where status in ('sent', 'delivered');

-- What the phone knows of a chat besides its messages.
alter table recado.chats add column is_archived boolean not null default false;
alter table recado.chats add column pinned_at timestamptz;
alter table recado.chats add column muted_until timestamptz;

-- What the phone says is unread counts as well, although it was written before this device was linked.
drop index public.messages_unread;
create index messages_unread on public.messages (whatsapp_session_id, chat, timestamp)
    where status = 'received' and direction = 'received' and about is null;

-- What people call themselves, known before anything is written with them.
create table recado.push_names (
    session_id uuid not null references public.whatsapp_sessions (id) on delete cascade,
    jid        text not null,
    name       text not null,
    primary key (session_id, jid)
);
