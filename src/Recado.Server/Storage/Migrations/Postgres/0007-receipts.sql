-- How far a message of ours to a group has come with each member.
create table recado.message_receipts (
    session_id  uuid        not null references public.whatsapp_sessions (id) on delete cascade,
    whatsapp_id text        not null,
    participant text        not null, -- JID
    status      text        not null check (status in ('delivered', 'read', 'played')),
    at          timestamptz not null,
    primary key (session_id, whatsapp_id, participant)
);
