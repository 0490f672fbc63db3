-- +goose Up

-- Every inventory table keeps its current row under a stable id and moves the
-- version it replaces to <table>_history. A row is live while ended_at is null.
-- As of a moment T the row counts if seen_from <= T and (ended_at is null or
-- ended_at > T); otherwise the history row with seen_from <= T < seen_until.

create table source (
  id         bigint generated always as identity primary key,
  name       text not null,
  created_at timestamptz not null,
  constraint source_name_is_unique unique (name),
  constraint source_name_is_well_formed check (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$')
);
comment on table source is 'A system the inventory comes from: a directory, a plant''s local accounts, a file.';

create table import (
  id          bigint generated always as identity primary key,
  source_id   bigint not null references source (id),
  file_hash   text not null,
  actor       text not null,
  started_at  timestamptz not null,
  finished_at timestamptz not null,
  counts      jsonb not null,
  rejected    integer not null default 0,
  ignored     text[] not null default '{}'
);
comment on table import is 'One accepted import of a source, with what it changed and the SHA-256 of what was read.';
create index import_by_source on import (source_id, id desc);

-- +goose StatementBegin
create function keep_history() returns trigger language plpgsql as $$
begin
  execute format(
    'insert into %1$I_history
     select was.*, coalesce(was.ended_at, now_.seen_from)
       from was join now_ on now_.id = was.id
      where now_.seen_from <> was.seen_from', tg_table_name);
  return null;
end $$;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception using errcode = '23514', constraint = tg_argv[0],
    message = format('%s is append-only', tg_table_name);
end $$;
-- +goose StatementEnd
comment on function keep_history is 'Statement trigger: a row whose seen_from moved leaves its former version in <table>_history.';

create table site (
  id          bigint generated always as identity primary key,
  source_id   bigint not null references source (id),
  external_id text not null,
  name        text not null,
  timezone    text,
  country     text,
  seen_from   timestamptz not null,
  ended_at    timestamptz,
  constraint site_id_is_unique_per_source unique (source_id, external_id)
);
comment on table site is 'A plant or office; timezone is an IANA name.';

create table zone (
  id          bigint generated always as identity primary key,
  source_id   bigint not null references source (id),
  external_id text not null,
  name        text not null,
  site_id     bigint references site (id),
  level       numeric(2, 1),
  domain      text,
  seen_from   timestamptz not null,
  ended_at    timestamptz,
  constraint zone_id_is_unique_per_source unique (source_id, external_id),
  constraint zone_level_is_a_purdue_level check (level in (0, 1, 2, 3, 3.5, 4, 5)),
  constraint zone_domain_is_known check (domain in ('it', 'dmz', 'ot', 'external'))
);
comment on table zone is 'A network security zone with its Purdue level and domain.';

create table conduit (
  id           bigint generated always as identity primary key,
  source_id    bigint not null references source (id),
  external_id  text not null,
  from_zone_id bigint not null references zone (id),
  to_zone_id   bigint not null references zone (id),
  kind         text,
  mfa          boolean,
  recorded     boolean,
  vaulted      boolean,
  project      text,
  seen_from    timestamptz not null,
  ended_at     timestamptz,
  constraint conduit_id_is_unique_per_source unique (source_id, external_id),
  constraint conduit_kind_is_known check (kind in ('direct', 'vpn', 'jump_host', 'remote_gateway', 'data_diode'))
);
comment on table conduit is 'An allowed connection between two zones and what it guards.';

create table identity (
  id           bigint generated always as identity primary key,
  source_id    bigint not null references source (id),
  external_id  text not null,
  name         text not null,
  kind         text not null,
  email        text,
  manager_id   bigint references identity (id),
  owner_id     bigint references identity (id),
  department   text,
  organisation text,
  domain       text,
  status       text not null,
  contract_end timestamptz,
  auth_method  text,
  last_seen_at timestamptz,
  seen_from    timestamptz not null,
  ended_at     timestamptz,
  constraint identity_id_is_unique_per_source unique (source_id, external_id),
  constraint identity_kind_is_known check (kind in ('person', 'contractor', 'vendor', 'shared', 'service', 'api_key', 'certificate', 'workload', 'agent')),
  constraint identity_domain_is_known check (domain in ('it', 'dmz', 'ot', 'external')),
  constraint identity_status_is_known check (status in ('active', 'leave', 'disabled', 'left')),
  constraint identity_email_is_lower_case check (email = lower(email))
);
comment on table identity is 'Anything that can be granted access.';
create index identity_by_email on identity (email) where email is not null;

create table asset (
  id              bigint generated always as identity primary key,
  source_id       bigint not null references source (id),
  external_id     text not null,
  name            text not null,
  zone_id         bigint references zone (id),
  class           text,
  vendor          text,
  model           text,
  owner_id        bigint references identity (id),
  criticality     smallint,
  safety_related  boolean not null default false,
  installed_on    timestamptz,
  support_ends_on timestamptz,
  capabilities    jsonb not null default '{}',
  seen_from       timestamptz not null,
  ended_at        timestamptz,
  constraint asset_id_is_unique_per_source unique (source_id, external_id),
  constraint asset_criticality_is_one_to_five check (criticality between 1 and 5)
);
comment on table asset is 'A system that grants access. capabilities: the nine identity capabilities it was assessed for, by name.';

create table entitlement (
  id          bigint generated always as identity primary key,
  source_id   bigint not null references source (id),
  external_id text not null,
  name        text not null,
  asset_id    bigint not null references asset (id),
  privilege   text,
  owner_id    bigint references identity (id),
  description text,
  seen_from   timestamptz not null,
  ended_at    timestamptz,
  constraint entitlement_id_is_unique_per_source unique (source_id, external_id),
  constraint entitlement_privilege_is_known check (privilege in ('view', 'operate', 'engineer', 'admin'))
);
comment on table entitlement is 'A right on an asset, in plain language.';
create index entitlement_by_asset on entitlement (asset_id);

create table implication (
  id             bigint generated always as identity primary key,
  source_id      bigint not null references source (id),
  entitlement_id bigint not null,
  implied_id     bigint not null,
  seen_from      timestamptz not null,
  ended_at       timestamptz,
  constraint implication_is_unique_per_source unique (source_id, entitlement_id, implied_id)
);
comment on table implication is 'One entitlement brings another (nested groups); cycles are allowed.';

create table access_grant (
  id             bigint generated always as identity primary key,
  source_id      bigint not null,
  identity_id    bigint not null,
  entitlement_id bigint not null,
  conduit_id     bigint,
  granted_at     timestamptz,
  granted_by     text,
  expires_at     timestamptz,
  last_used_at   timestamptz,
  ticket         text,
  seen_from      timestamptz not null,
  ended_at       timestamptz,
  constraint grant_is_unique_per_source unique nulls not distinct (source_id, identity_id, entitlement_id, conduit_id)
);
comment on table access_grant is 'An identity holds an entitlement, via a conduit when known. No foreign keys: the import resolves every reference by join and referenced rows are never deleted; ten million rows would pay for a check that cannot fail.';
create index grant_by_identity on access_grant (identity_id);
create index grant_by_entitlement on access_grant (entitlement_id);

-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['site', 'zone', 'conduit', 'identity', 'asset', 'entitlement', 'implication', 'access_grant'] loop
    execute format('create table %I_history (like %I, seen_until timestamptz not null)', t, t);
    execute format('create index %I_history_by_id on %I_history (id, seen_from)', t, t);
    execute format('comment on table %I_history is %L', t, 'Former versions of ' || t || '; append-only.');
    execute format('create trigger keep_history after update on %I referencing old table as was new table as now_ for each statement execute function keep_history()', t);
    execute format('create trigger append_only before update or delete on %I_history for each row execute function refuse_change(''history_is_append_only'')', t);
    execute format('create trigger never_deleted before delete on %I for each row execute function refuse_change(''inventory_is_never_deleted'')', t);
  end loop;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
create function crosses_boundary(home text, zone text) returns boolean language sql immutable parallel safe as $$
  select coalesce((home in ('it', 'external') and zone in ('ot', 'dmz'))
               or (home = 'ot' and zone in ('it', 'dmz', 'external')), false)
$$;
-- +goose StatementEnd
comment on function crosses_boundary is 'Whether a grant from this home domain to an asset in a zone of that domain crosses the boundary; unknown does not cross.';

create view access_fact as
select g.id                                              as grant_id,
       g.granted_at, g.granted_by, g.expires_at, g.last_used_at, g.ticket, g.seen_from,
       gs.name                                           as grant_source,
       g.source_id                                       as grant_source_id,
       i.id                                              as identity_id,
       i.external_id                                     as identity_external_id,
       i.name                                            as identity_name,
       i.kind                                            as identity_kind,
       i.email                                           as identity_email,
       i.department                                      as identity_department,
       i.organisation                                    as identity_organisation,
       i.domain                                          as identity_domain,
       i.status                                          as identity_status,
       i.contract_end                                    as identity_contract_end,
       i.auth_method                                     as identity_auth_method,
       ids.name                                          as identity_source,
       o.name                                            as owner_name,
       o.email                                           as owner_email,
       o.kind                                            as owner_kind,
       o.status                                          as owner_status,
       o.external_id                                     as owner_external_id,
       m.name                                            as manager_name,
       m.email                                           as manager_email,
       m.kind                                            as manager_kind,
       m.status                                          as manager_status,
       m.external_id                                     as manager_external_id,
       e.id                                              as entitlement_id,
       e.external_id                                     as entitlement_external_id,
       e.name                                            as entitlement_name,
       e.description                                     as entitlement_description,
       e.privilege                                       as entitlement_privilege,
       eo.email                                          as entitlement_owner_email,
       eo.kind                                           as entitlement_owner_kind,
       eo.status                                         as entitlement_owner_status,
       a.id                                              as asset_id,
       a.external_id                                     as asset_external_id,
       a.name                                            as asset_name,
       a.class                                           as asset_class,
       a.vendor                                          as asset_vendor,
       a.criticality                                     as asset_criticality,
       a.safety_related                                  as asset_safety_related,
       a.capabilities                                    as asset_capabilities,
       ass.name                                          as asset_source,
       ao.name                                           as asset_owner_name,
       ao.email                                          as asset_owner_email,
       ao.kind                                           as asset_owner_kind,
       ao.status                                         as asset_owner_status,
       z.name                                            as zone_name,
       z.level                                           as zone_level,
       z.domain                                          as zone_domain,
       z.external_id                                     as zone_external_id,
       st.name                                           as site_name,
       st.external_id                                    as site_external_id,
       c.id                                              as conduit_id,
       c.external_id                                     as conduit_external_id,
       c.kind                                            as conduit_kind,
       c.mfa                                             as conduit_mfa,
       c.recorded                                        as conduit_recorded,
       c.vaulted                                         as conduit_vaulted,
       c.project                                         as conduit_project,
       fz.name                                           as from_zone_name,
       fz.level                                          as from_zone_level,
       fz.domain                                         as from_zone_domain,
       crosses_boundary(i.domain, z.domain)              as crosses_boundary
  from access_grant g
  join identity i         on i.id = g.identity_id
  join entitlement e      on e.id = g.entitlement_id
  join asset a            on a.id = e.asset_id
  join source gs          on gs.id = g.source_id
  join source ids         on ids.id = i.source_id
  join source ass         on ass.id = a.source_id
  left join zone z        on z.id = a.zone_id
  left join site st       on st.id = z.site_id
  left join conduit c     on c.id = g.conduit_id
  left join zone fz       on fz.id = c.from_zone_id
  left join identity o    on o.id = i.owner_id
  left join identity m    on m.id = i.manager_id
  left join identity eo   on eo.id = e.owner_id
  left join identity ao   on ao.id = a.owner_id
 where g.ended_at is null;
comment on view access_fact is 'Every live grant with all that is known of it; what filters, previews and campaigns read.';
