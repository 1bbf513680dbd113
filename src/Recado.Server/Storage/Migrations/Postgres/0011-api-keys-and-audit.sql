-- What servers of the user call with. Of a key there is its hash alone.
create table recado.api_keys (
    id           uuid  primary key,
    user_id      uuid  not null,
    name         text  not null,
    prefix       text  not null unique, -- the key's visible beginning
    hash         bytea not null,        -- SHA-256 of the whole key
    scopes       jsonb not null,
    sessions     jsonb,                 -- the only ones it reaches; null for all
    created_at   timestamptz not null,
    last_used_at timestamptz,
    expires_at   timestamptz
);

create index api_keys_by_user on recado.api_keys (user_id, created_at desc);

-- Keys go with their user.
do $$
begin
    if to_regclass('auth.users') is not null and has_table_privilege('auth.users', 'references') then
        alter table recado.api_keys add foreign key (user_id) references auth.users (id) on delete cascade;
    end if;
end $$;

-- Who did what. Ids are UUIDs of version 7, so that their order is that of time.
create table recado.audit_log (
    user_id    uuid        not null,
    id         uuid        not null,
    at         timestamptz not null,
    action     text        not null,
    session_id uuid,
    target     text,                 -- id of what else it was done to
    key_prefix text,                 -- the API key that did it; null when the user did
    address    text,
    user_agent text,
    outcome    text        not null, -- 'ok', or the code of the error
    primary key (user_id, id)
);

create index audit_log_by_session on recado.audit_log (user_id, session_id, id);
create index audit_log_by_age on recado.audit_log (at);
