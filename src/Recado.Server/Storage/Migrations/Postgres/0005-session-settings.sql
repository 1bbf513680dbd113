-- What the user has decided about the session; members that are absent have their defaults.
alter table public.whatsapp_sessions add column if not exists settings jsonb not null default '{}';

do $$
begin
    if to_regrole('authenticated') is not null then
        grant select (settings) on public.whatsapp_sessions to authenticated;
    end if;
end
$$;
