-- Files of the past are many, and few are looked at: they wait until somebody asks for them.
alter table recado.media add column is_wanted boolean not null default true;

create index media_to_fetch on recado.media (session_id, created_at) where status = 'pending' and is_wanted;
