-- +goose Up

create table credential (
  id            bigint generated always as identity primary key,
  source_id     bigint not null references source (id),
  external_id   text not null,
  identity_id   bigint not null references identity (id),
  kind          text not null,
  issued_at     timestamptz,
  rotated_at    timestamptz,
  expires_at    timestamptz,
  rotation_days integer,
  storage       text,
  stored_on_id  bigint references asset (id),
  seen_from     timestamptz not null,
  ended_at      timestamptz,
  constraint credential_id_is_unique_per_source unique (source_id, external_id),
  constraint credential_rotation_is_at_least_a_day check (rotation_days > 0)
);
comment on table credential is 'What an identity proves itself with, when it was last rotated, and where it is kept.';
create index credential_by_identity on credential (identity_id);
create index credential_by_asset on credential (stored_on_id) where stored_on_id is not null;

create table holder (
  id          bigint generated always as identity primary key,
  source_id   bigint not null references source (id),
  identity_id bigint not null references identity (id),
  person_id   bigint not null references identity (id),
  since       timestamptz,
  until       timestamptz,
  seen_from   timestamptz not null,
  ended_at    timestamptz,
  constraint holder_is_unique_per_source unique (source_id, identity_id, person_id),
  constraint holder_knows_it_until_after_since check (until >= since)
);
comment on table holder is 'A person who knows a shared identity''s secret.';
create index holder_by_identity on holder (identity_id);
create index holder_by_person on holder (person_id);

create table access_session (
  id          bigint generated always as identity primary key,
  source_id   bigint not null references source (id),
  external_id text not null,
  identity_id bigint not null references identity (id),
  asset_id    bigint not null references asset (id),
  person_id   bigint references identity (id),
  ticket      text,
  started_at  timestamptz,
  finished_at timestamptz,
  window_from timestamptz,
  window_to   timestamptz,
  recording   text,
  seen_from   timestamptz not null,
  ended_at    timestamptz,
  constraint access_session_id_is_unique_per_source unique (source_id, external_id),
  constraint access_session_ends_after_it_starts check (finished_at >= started_at),
  constraint access_session_window_ends_after_it_begins check (window_to >= window_from)
);
comment on table access_session is 'Someone was on an asset as an identity, from started_at to finished_at. ended_at is, as everywhere, when the source no longer had the row.';
create index access_session_by_identity on access_session (identity_id);
create index access_session_by_asset on access_session (asset_id, started_at);

-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['credential', 'holder', 'access_session'] loop
    execute format('create table %I_history (like %I, seen_until timestamptz not null)', t, t);
    execute format('create index %I_history_by_id on %I_history (id, seen_from)', t, t);
    execute format('comment on table %I_history is %L', t, 'Former versions of ' || t || '; append-only.');
    execute format('create trigger keep_history after update on %I referencing old table as was new table as now_ for each statement execute function keep_history()', t);
    execute format('create trigger append_only before update or delete on %I_history for each row execute function refuse_change(''history_is_append_only'')', t);
    execute format('create trigger never_deleted before delete on %I for each row execute function refuse_change(''inventory_is_never_deleted'')', t);
    execute format('create trigger never_emptied before truncate on %I for each statement execute function refuse_change(''inventory_is_never_deleted'')', t);
    execute format('create trigger never_emptied before truncate on %I_history for each statement execute function refuse_change(''history_is_append_only'')', t);
  end loop;
end $$;
-- +goose StatementEnd
