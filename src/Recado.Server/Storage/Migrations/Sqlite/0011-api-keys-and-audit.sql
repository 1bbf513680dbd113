-- What servers of the user call with. Of a key there is its hash alone.
create table api_keys (
    id           text    not null primary key,
    user_id      text    not null,
    name         text    not null,
    prefix       text    not null unique,                                    -- the key's visible beginning
    hash         blob    not null,                                           -- SHA-256 of the whole key
    scopes       text    not null check (json_valid(scopes)),
    sessions     text    check (sessions is null or json_valid(sessions)),   -- the only ones it reaches; null for all
    created_at   integer not null,
    last_used_at integer,
    expires_at   integer
) strict;

create index api_keys_by_user on api_keys (user_id, created_at desc);

-- Who did what. Ids are UUIDs of version 7, so that their order is that of time.
create table audit_log (
    user_id    text    not null,
    id         text    not null,
    at         integer not null,
    action     text    not null,
    session_id text,
    target     text,             -- id of what else it was done to
    key_prefix text,             -- the API key that did it; null when the user did
    address    text,
    user_agent text,
    outcome    text    not null, -- 'ok', or the code of the error
    primary key (user_id, id)
) strict, without rowid;

create index audit_log_by_session on audit_log (user_id, session_id, id);
create index audit_log_by_age on audit_log (at);
