-- +goose Up

create table asset_map_run (
  id         bigint generated always as identity primary key,
  import_id  bigint,
  counted_at timestamptz not null
);
comment on table asset_map_run is 'One count of who crosses the boundary: of what was live then, when import_id was the newest import.';

create table asset_map_tally (
  facet      text not null,
  home       text not null,
  site_id    bigint not null,
  level      double precision not null,
  zone_id    bigint not null,
  conduit_id bigint not null,
  identities bigint not null,
  grants     bigint not null,
  primary key (facet, home, site_id, level, zone_id, conduit_id)
);
comment on table asset_map_tally is 'Who crosses the boundary by grants of their own, as of the newest asset_map_run: identities and grants by facet and home domain. Derived: counted anew after every import and every hour.';
