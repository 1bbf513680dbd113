-- Requests that carried an Idempotency-Key: who carries one out, and what was answered.
create table idempotency_keys (
    user_id       text    not null,
    key           text    not null,
    request_hash  blob    not null, -- SHA-256 of method, address and body
    message_id    text    not null, -- reserved for the message that the request may send
    owner         text    not null, -- the attempt that carries the request out
    claimed_until integer not null, -- until when that attempt counts as alive, unless it says so again
    key_id        integer,          -- which secret encrypts the answer; null until there is one
    answer        blob,             -- encrypted
    expires_at    integer not null,
    primary key (user_id, key)
) strict;

create index idempotency_keys_by_expiry on idempotency_keys (expires_at);

-- Messages that wait for their session to be connected, or for its pace: what to send. The row in messages has the status 'queued'.
create table queued_messages (
    session_id  text    not null references whatsapp_sessions (id) on delete cascade,
    id          text    not null, -- of the row in messages; rises, and is the order of sending
    whatsapp_id text    not null,
    key_id      integer not null, -- which secret encrypts the request
    request     blob    not null,
    expires_at  integer not null,
    primary key (session_id, id)
) strict;

create unique index queued_messages_once on queued_messages (session_id, whatsapp_id);
create index queued_messages_by_expiry on queued_messages (expires_at);
