-- +goose Up

-- What else is frozen of an item: who is alike and has the same, how far its
-- identity gets, and what was found wrong.
alter table review_item
  add column peer_group     text,
  add column peers          integer,
  add column peers_holding  integer,
  add column reach_assets   integer,
  add column reach_safety   integer,
  add column reach_crossing integer,
  add column reach_levels   integer[],
  add column reach_highest  text,
  add column findings       text[],
  add constraint item_peer_group_is_known check (peer_group in ('department', 'manager', 'organisation')),
  add constraint item_peers_holding_are_some_of_the_peers check (peers_holding between 0 and peers),
  add constraint item_reach_counts_every_level check (cardinality(reach_levels) = 8);
comment on column review_item.peer_group is 'What the identity''s peers share with it besides the kind; null when nothing is known that they could share.';
comment on column review_item.peers is 'How many peers there are, the identity itself left out.';
comment on column review_item.peers_holding is 'How many of them hold the same entitlement; null when there are too few to compare with.';
comment on column review_item.reach_levels is 'Assets that the identity gets to in the end, at level 0, 1, 2, 3, 3.5, 4, 5 and at an unknown level; reach_assets is their sum. Null when it was not computed yet.';
comment on column review_item.findings is 'What was wrong with the grant, its identity, its entitlement or its asset: severity:rule, worst first. Null when nothing was.';

-- +goose StatementBegin
do $$
declare columns text;
begin
  select string_agg(quote_ident(attname), ', ') into columns
    from pg_attribute
   where attrelid = 'review_item'::regclass and attnum > 0 and not attisdropped
     and attname not in ('id', 'reviewer', 'next_reviewer', 'passed_from', 'decision', 'decision_id', 'decided_at', 'outcome');
  execute 'drop trigger frozen on review_item';
  execute format('create trigger frozen before update of %s on review_item for each row execute function review_item_frozen()', columns);
end $$;

create function answering(kind text, status text, email text) returns text language sql immutable parallel safe as $$
  select case when kind in ('person', 'contractor') and status = 'active' then email end
$$;

-- A launch makes the items of a campaign in a table of their own. Those of a large
-- campaign stay there: such a table is filled first and indexed afterwards, which
-- costs half as much, and nobody else waits for it. It inherits from review_item,
-- so whatever reads or changes items does so there too; the items of one campaign
-- are all in one table. Inheriting takes over columns and checks; the indexes and
-- the triggers are made here as review_item has them, so whoever gives it another
-- also gives it to its heirs.
create function review_items_adopt(made regclass, campaign bigint) returns void language plpgsql as $$
declare
  one record;
  rules text;
begin
  select string_agg(rule, ', ') into rules
    from (select format('add column %I %s', c.attname, format_type(c.atttypid, c.atttypmod)) as rule
            from pg_attribute c
           where c.attrelid = 'review_item'::regclass and c.attnum > 0 and not c.attisdropped
             and not exists (select from pg_attribute m where m.attrelid = made and m.attname = c.attname)
           union all
          select format('alter column %I set not null', attname)
            from pg_attribute
           where attrelid = 'review_item'::regclass and attnum > 0 and not attisdropped and attnotnull
           union all
          select format('add constraint %I %s', conname, pg_get_constraintdef(oid))
            from pg_constraint
           where conrelid = 'review_item'::regclass and contype = 'c'
           union all
          select format('add constraint items_are_of_this_campaign check (campaign_id = %s)', campaign)) r;
  execute format('alter table %s %s', made, rules);
  for one in
    select case when i.indisprimary then format('alter table %s add %s', made, pg_get_constraintdef(c.oid))
                else regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE (UNIQUE )?INDEX \S+ ON \S+', format('CREATE \1INDEX ON %s', made)) end as make
      from pg_index i
      left join pg_constraint c on c.conindid = i.indexrelid
     where i.indrelid = 'review_item'::regclass
     union all
    select regexp_replace(pg_get_triggerdef(oid), ' ON \S*review_item ', format(' ON %s ', made))
      from pg_trigger
     where tgrelid = 'review_item'::regclass and not tgisinternal
  loop
    execute one.make;
  end loop;
  execute format('alter table %s inherit review_item', made);
end $$;

-- The items of a small campaign go to the others.
create function review_items_take(made regclass) returns void language plpgsql as $$
declare columns text;
begin
  select string_agg(quote_ident(attname), ', ') into columns
    from pg_attribute
   where attrelid = made and attnum > 0 and attname <> 'id';
  execute format('insert into review_item (%1$s) select %1$s from %2$s order by id', columns, made);
  execute format('drop table %s', made);
end $$;
-- +goose StatementEnd
comment on function answering is 'The e-mail of who can answer for something: an active person.';
comment on function review_items_adopt is 'Makes a table of one campaign''s items, as a launch filled it, an heir of review_item.';
comment on function review_items_take is 'Moves one campaign''s items, as a launch made them, to review_item.';
