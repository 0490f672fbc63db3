-- +goose Up

create table reach_run (
  id          bigint generated always as identity primary key,
  import_id   bigint references import (id),
  at          timestamptz not null,
  finished_at timestamptz not null,
  identities  integer not null,
  moved       integer not null
);
comment on table reach_run is 'One computation of how far everyone gets: of the inventory at a moment, whose newest import was import_id; moved is how many identities had got elsewhere before.';

create table reach (
  identity_id  bigint primary key,
  assets       integer not null,
  safety       integer not null,
  crossing     integer not null,
  levels       integer[] not null,
  highest      text,
  few          bigint[],
  many         bytea,
  target_id    bigint,
  alike        integer not null default 0,
  way          jsonb not null default '[]',
  changed_at   timestamptz not null,
  was_assets   integer,
  was_safety   integer,
  was_crossing integer,
  was_levels   integer[],
  was_highest  text,
  constraint reach_counts_every_level check (cardinality(levels) = 8 and cardinality(was_levels) = 8),
  constraint reach_levels_add_up check (levels[1] + levels[2] + levels[3] + levels[4] + levels[5] + levels[6] + levels[7] + levels[8] = assets),
  constraint reach_highest_is_known check (highest in ('view', 'operate', 'engineer', 'admin') and was_highest in ('view', 'operate', 'engineer', 'admin')),
  constraint reach_is_few_or_many check (few is null or many is null)
);
comment on table reach is 'How far each identity gets in the end, as of the newest reach_run, and how far it got before that last changed. Derived: computed anew after every import and every day. No foreign keys: the rows are merged from what was read.';
comment on column reach.levels is 'Assets at level 0, 1, 2, 3, 3.5, 4, 5 and at an unknown level.';
comment on column reach.highest is 'The highest privilege on any of them; null when none is known.';
comment on column reach.few is 'The assets reached, by id in order; null when they are in many.';
comment on column reach.many is 'The assets reached, as a set of bits: bit n is the asset with id n. It is used where it is shorter.';
comment on column reach.target_id is 'The most consequential asset reached: one that can be worked rather than only seen, safety-related first, then at the lowest level, then the nearest.';
comment on column reach.alike is 'How many of the assets reached are as consequential as the target, itself included.';
comment on column reach.way is 'The steps of a shortest way to the target.';
comment on column reach.changed_at is 'Since which run the assets reached are these; was_... is what it was before, null at first.';
create index reach_by_assets on reach (assets desc, identity_id);

create table reach_asset (
  asset_id   bigint primary key,
  identities integer not null,
  acting     integer not null,
  constraint reach_asset_is_acted_on_by_some_of_all check (acting <= identities)
);
comment on table reach_asset is 'How many identities reach an asset in the end, and how many of them with operate, engineer or admin, as of the newest reach_run.';

-- Sets of bits are as dense as they get; trying to press them costs time for nothing.
alter table reach alter column many set storage external;
