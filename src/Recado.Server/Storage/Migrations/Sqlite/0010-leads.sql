-- People whom a user wants to win. A message that is exchanged with one names the row.
create table leads (
    id                  text    not null primary key,
    user_id             text    not null,
    company_id          text,
    whatsapp_session_id text    references whatsapp_sessions (id) on delete set null,
    data                text    not null default '{}' check (json_valid(data)),
    status              text    not null default 'new',
    name                text,
    phone_number        text,    -- digits in international form
    lid                 text,
    email               text,
    company             text,
    source              text,
    tags                text    not null default '[]' check (json_valid(tags)),
    created_at          integer not null,
    updated_at          integer not null
) strict;

create index leads_newest_first on leads (user_id, created_at desc, id desc);
create index leads_by_number on leads (user_id, phone_number) where phone_number is not null;
create index leads_by_lid on leads (user_id, lid) where lid is not null;
create index leads_by_session on leads (whatsapp_session_id) where whatsapp_session_id is not null;
create index messages_by_lead on messages (lead_id) where lead_id is not null;
