-- Requests that carried an Idempotency-Key: who carries one out, and what was answered.
create table recado.idempotency_keys (
    user_id       uuid        not null,
    key           text        not null,
    request_hash  bytea       not null, -- SHA-256 of method, address and body
    message_id    text        not null, -- reserved for the message that the request may send
    owner         uuid        not null, -- the attempt that carries the request out
    claimed_until timestamptz not null, -- until when that attempt counts as alive, unless it says so again
    key_id        bigint,               -- which secret encrypts the answer; null until there is one
    answer        bytea,                -- encrypted
    expires_at    timestamptz not null,
    primary key (user_id, key)
);

create index idempotency_keys_by_expiry on recado.idempotency_keys (expires_at);

-- Messages that wait for their session to be connected, or for its pace: what to send. The row in messages has the status 'queued'.
create table recado.queued_messages (
    session_id  uuid        not null references public.whatsapp_sessions (id) on delete cascade,
    id          uuid        not null, -- of the row in messages; rises, and is the order of sending
    whatsapp_id text        not null,
    key_id      bigint      not null, -- which secret encrypts the request
    request     bytea       not null,
    expires_at  timestamptz not null,
    primary key (session_id, id)
);

create unique index queued_messages_once on recado.queued_messages (session_id, whatsapp_id);
create index queued_messages_by_expiry on recado.queued_messages (expires_at);
