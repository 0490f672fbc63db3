-- +goose Up

-- As of a moment the inventory reads as it does now: the schema as_of has a view
-- under the name of every inventory table, with the rows that were known at
-- interlock.as_of and without what had not happened by then. A reader puts
-- as_of before the other schemas on its search path and asks as always.
create schema as_of;
comment on schema as_of is 'The inventory as it was at the moment interlock.as_of; see inventory_as_of.';

create function as_of.moment() returns timestamptz language sql stable parallel safe as $$
  select current_setting('interlock.as_of')::timestamptz
$$;
comment on function as_of.moment is 'The moment that the reader asked for.';

-- +goose StatementBegin
create function inventory_as_of() returns void language plpgsql as $$
declare
  t text;
  fields text;
begin
  perform set_config('search_path', 'public', true);
  drop view if exists as_of.access_fact;
  for t in select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
              and to_regclass('public.' || relname || '_history') is not null loop
    select string_agg(quote_ident(attname), ', ' order by attnum) into fields
      from pg_attribute
     where attrelid = ('public.' || t)::regclass and attnum > 0 and not attisdropped and attname <> 'ended_at';
    execute format('drop view if exists as_of.%I', t);
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
      $view$, t, fields, t || '_history');
    execute format('comment on view as_of.%I is %L', t, 'Rows of ' || t || ' as they were at the moment asked for.');
  end loop;
  fields := pg_get_viewdef('public.access_fact');
  perform set_config('search_path', 'as_of, public', true);
  execute 'create view as_of.access_fact as ' || fields;
  comment on view as_of.access_fact is 'Every grant that was live at the moment asked for.';
  perform set_config('search_path', 'public', true);
end $$;
-- +goose StatementEnd
comment on function inventory_as_of is 'Makes the views of as_of anew. A migration that changes an inventory table or access_fact ends with it.';
select inventory_as_of();

-- Lists are read by name, whatever the server's collation is, and counted by kind;
-- owners and managers lead to theirs.
create index identity_by_name on identity (lower(name) collate "C", id);
create index identity_history_by_name on identity_history (lower(name) collate "C", id);
create index identity_by_kind on identity (kind, status) where ended_at is null;
create index identity_by_owner on identity (owner_id) where owner_id is not null;
create index identity_by_manager on identity (manager_id) where manager_id is not null;
create index asset_by_name on asset (lower(name) collate "C", id);
create index asset_by_zone on asset (zone_id);
create index asset_by_owner on asset (owner_id) where owner_id is not null;
create index entitlement_by_owner on entitlement (owner_id) where owner_id is not null;
create index conduit_by_target on conduit (to_zone_id);
create index zone_by_site on zone (site_id);
