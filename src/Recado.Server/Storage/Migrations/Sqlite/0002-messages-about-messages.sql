-- Reactions, votes, edits and the like name the message they are about, and are shown with it.
alter table messages add column about text;

create index messages_about on messages (whatsapp_session_id, about) where about is not null;
