-- One row for each chat that has messages, so that the list of chats is read without reading the messages.
create table chats (
    session_id           text    not null references whatsapp_sessions (id) on delete cascade,
    chat                 text    not null, -- JID, as in messages
    user_id              text    not null,
    is_group             integer not null,
    name                 text,             -- what the other side calls itself; of a group, its subject
    phone_number         text,
    lid                  text,
    last_at              integer not null,
    disappearing_seconds integer,          -- after how long messages disappear; 0 for never; null when nobody has said
    disappearing_set_at  integer,
    primary key (session_id, chat)
) strict, without rowid;

create index chats_newest_first on chats (session_id, last_at desc, chat desc);
create index chats_by_number on chats (session_id, phone_number) where phone_number is not null;

insert into chats (session_id, chat, user_id, is_group, phone_number, lid, last_at)
select whatsapp_session_id, chat, min(user_id), max(is_group), case max(is_group) when 0 then max(phone_number) end,
    case max(is_group) when 0 then max(lid) end, max(timestamp)
from messages where about is null group by whatsapp_session_id, chat;

update chats set name = (
    select push_name from messages
    where whatsapp_session_id = session_id and messages.chat = chats.chat and direction = 'received' and push_name is not null
    order by timestamp desc limit 1)
where is_group = 0;

-- What counts as unread. Messages of the time before this device was linked do not.
create index messages_unread on messages (whatsapp_session_id, chat, timestamp)
    where status = 'received' and direction = 'received' and about is null and origin <> 'history';
