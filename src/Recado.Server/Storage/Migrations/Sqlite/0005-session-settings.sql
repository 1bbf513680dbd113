-- What the user has decided about the session; members that are absent have their defaults.
alter table whatsapp_sessions add column settings text not null default '{}' check (json_valid(settings));
