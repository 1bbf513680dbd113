-- One row for each chat that has messages, so that the list of chats is read without reading the messages.
create table recado.chats (
    session_id           uuid        not null references public.whatsapp_sessions (id) on delete cascade,
    chat                 text        not null, -- JID, as in messages
    user_id              uuid        not null,
    is_group             boolean     not null,
    name                 text,                 -- what the other side calls itself; of a group, its subject
    phone_number         text,
    lid                  text,
    last_at              timestamptz not null,
    disappearing_seconds integer,              -- after how long messages disappear; 0 for never; null when nobody has said
    disappearing_set_at  timestamptz,
    primary key (session_id, chat)
);

create index chats_newest_first on recado.chats (session_id, last_at desc, chat desc);
create index chats_by_number on recado.chats (session_id, phone_number) where phone_number is not null;

insert into recado.chats (session_id, chat, user_id, is_group, name, phone_number, lid, last_at)
select m.whatsapp_session_id, m.chat, s.user_id, bool_or(m.is_group),
    case when not bool_or(m.is_group) then (array_agg(m.push_name order by m.timestamp desc) filter (where m.direction = 'received' and m.push_name is not null))[1] end,
    case when not bool_or(m.is_group) then max(m.phone_number) end, case when not bool_or(m.is_group) then max(m.lid) end, max(m.timestamp)
from public.messages m join public.whatsapp_sessions s on s.id = m.whatsapp_session_id
where m.about is null and m.chat <> '' group by m.whatsapp_session_id, m.chat, s.user_id;

-- What counts as unread. Messages of the time before this device was linked do not.
create index messages_unread on public.messages (whatsapp_session_id, chat, timestamp)
    where status = 'received' and direction = 'received' and about is null and origin <> 'history';
