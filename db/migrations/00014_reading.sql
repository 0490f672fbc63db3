-- +goose Up

-- As of a moment the inventory reads as it does now: the schema as_of has a view
-- under the name of every inventory table, with the rows that were known at
-- interlock.as_of and without what had not happened by then, and every view over
-- them once more. A reader puts as_of before public on its search path and asks
-- as always.
create schema as_of;
comment on schema as_of is 'The inventory as it was at the moment interlock.as_of; made by inventory_as_of.';

create function as_of.moment() returns timestamptz language sql stable parallel safe as $$
  select current_setting('interlock.as_of')::timestamptz
$$;
comment on function as_of.moment is 'The moment that the reader asked for.';

-- +goose StatementBegin
create function inventory_as_of() returns void language plpgsql as $$
declare
  t record;
  fields text;
begin
  perform set_config('search_path', 'public', true);
  for t in select relname from pg_class where relnamespace = 'as_of'::regnamespace and relkind = 'v' loop
    execute format('drop view if exists as_of.%I cascade', t.relname);
  end loop;

  for t in select relname from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'r'
              and to_regclass('public.' || relname || '_history') is not null loop
    select string_agg('r.' || quote_ident(attname), ', ' order by attnum) into fields
      from pg_attribute
     where attrelid = ('public.' || t.relname)::regclass and attnum > 0 and not attisdropped and attname <> 'ended_at';
    -- a former row that had ended and not yet come back counts as one that has ended
    execute format($view$
      create view as_of.%1$I as
      select %2$s, case when r.ended_at <= as_of.moment() then r.ended_at end as ended_at
        from public.%1$I r
       where r.seen_from <= as_of.moment()
       union all
      select %2$s, case when r.ended_at <= as_of.moment() then r.ended_at end
        from public.%3$I r
       where r.seen_from <= as_of.moment()
         and (r.seen_until > as_of.moment()
              or (r.ended_at <= as_of.moment()
                  and not exists (select from public.%1$I n where n.id = r.id and n.seen_from <= as_of.moment())
                  and not exists (select from public.%3$I n where n.id = r.id and n.seen_from > r.seen_from and n.seen_from <= as_of.moment())))
      $view$, t.relname, fields, t.relname || '_history');
  end loop;

  -- who had agreed to own what, and who was whom only as each source said
  select string_agg(case attname when 'state' then $state$case when answered_at <= as_of.moment() then case when ended_at <= as_of.moment() or state <> 'ended' then state else 'accepted' end else 'offered' end as state$state$
                                 when 'ended_at' then 'case when ended_at <= as_of.moment() then ended_at end as ended_at'
                                 else quote_ident(attname) end, ', ' order by attnum) into fields
    from pg_attribute where attrelid = 'public.ownership_transfer'::regclass and attnum > 0 and not attisdropped;
  execute 'create view as_of.ownership_transfer as select ' || fields || ' from public.ownership_transfer where offered_at <= as_of.moment()';
  create view as_of.identity_member as select * from public.identity_member where false;
  create view as_of.identity_person as select * from public.identity_person where false;

  -- then every view over any of these, each after those that it reads
  for t in
    with recursive uses as (
      select distinct r.ev_class as oid, d.refobjid as used
        from pg_rewrite r
        join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass and d.refobjid <> r.ev_class
        join pg_class c on c.oid = r.ev_class and c.relkind = 'v' and c.relnamespace = 'public'::regnamespace
    ), deep as (
      select u.oid, 1 as depth from uses u join pg_class c on c.oid = u.used where to_regclass('as_of.' || quote_ident(c.relname)) is not null
       union
      select u.oid, deep.depth + 1 from uses u join deep on deep.oid = u.used
    )
    select c.relname, pg_get_viewdef(c.oid) as definition from deep join pg_class c on c.oid = deep.oid group by c.oid, c.relname order by max(deep.depth), c.relname
  loop
    perform set_config('search_path', 'as_of, public', true);
    execute format('create view as_of.%I as %s', t.relname, t.definition);
    perform set_config('search_path', 'public', true);
  end loop;
end $$;
-- +goose StatementEnd
comment on function inventory_as_of is 'Makes the views of as_of anew; run after every migration.';

-- Lists are read by name, whatever the server's collation is, and counted by kind;
-- owners and managers lead to theirs.
create index identity_by_name on identity (lower(name) collate "C", id);
create index identity_history_by_name on identity_history (lower(name) collate "C", id);
create index identity_by_kind on identity (kind, status) where ended_at is null;
create index identity_by_owner on identity (owner_id) where owner_id is not null;
create index identity_by_manager on identity (manager_id) where manager_id is not null;
create index asset_by_name on asset (lower(name) collate "C", id);
create index asset_by_zone on asset (zone_id);
create index conduit_by_target on conduit (to_zone_id);
create index zone_by_site on zone (site_id);
