-- +goose Up

create table audit_event (
  id          bigint generated always as identity primary key,
  at          timestamptz not null,
  actor       text not null,
  action      text not null,
  object      text not null,
  campaign_id bigint,
  detail      jsonb not null,
  constraint audit_event_names_its_actor check (actor <> ''),
  constraint audit_event_action_is_well_formed check (action ~ '^[a-z_]+\.[a-z_]+$')
);
comment on table audit_event is 'What happened, written in the change''s own transaction. object is kind:id; detail is what changed.';
create index audit_event_by_campaign on audit_event (campaign_id, id) where campaign_id is not null;
create index audit_event_by_object on audit_event (object, id);
create index audit_event_by_actor on audit_event (actor, id);
create index audit_event_by_action on audit_event (action text_pattern_ops, id);
create index audit_event_by_time on audit_event using brin (at);

create table audit_pending (
  event_id bigint primary key
);
comment on table audit_pending is 'Events the sequencer has not yet put into the tree.';

create table audit_leaf (
  seq      bigint primary key,
  event_id bigint not null,
  hash     bytea not null,
  constraint audit_leaf_holds_an_event_once unique (event_id)
);
comment on table audit_leaf is 'The order of events in the Merkle tree and the record hash of each (RFC 6962, by x/mod/sumdb/tlog).';

create table audit_hash (
  index bigint primary key,
  hash  bytea not null
);
comment on table audit_hash is 'Stored hashes of the tree, by tlog''s storage index.';

create table audit_checkpoint (
  size bigint primary key,
  root bytea not null,
  note text not null,
  at   timestamptz not null
);
comment on table audit_checkpoint is 'Signed heads of the tree (x/mod/sumdb/note, Ed25519).';

create table audit_key (
  verifier   text primary key,
  first_used timestamptz not null
);
comment on table audit_key is 'Public keys that have signed checkpoints.';

-- +goose StatementBegin
create function audit_event_queue() returns trigger language plpgsql as $$
begin
  insert into audit_pending (event_id) select id from new_events;
  return null;
end $$;

do $$
declare t text;
begin
  foreach t in array array['audit_event', 'audit_leaf', 'audit_hash', 'audit_checkpoint', 'audit_key'] loop
    execute format('create trigger append_only before update or delete on %I for each row execute function refuse_change(''audit_is_append_only'')', t);
    execute format('create trigger append_only_whole before truncate on %I for each statement execute function refuse_change(''audit_is_append_only'')', t);
  end loop;
end $$;
-- +goose StatementEnd
create trigger queue after insert on audit_event referencing new table as new_events for each statement execute function audit_event_queue();
