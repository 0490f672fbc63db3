-- +goose Up

-- What the pages of one identity and of one asset look up.
create index access_session_by_person on access_session (person_id, started_at) where person_id is not null;
create index review_item_by_grant on review_item (grant_id);

-- The items of large campaigns are in tables of their own, which have the same indexes.
-- +goose StatementBegin
do $$
declare heir regclass;
begin
  for heir in select inhrelid from pg_inherits where inhparent = 'review_item'::regclass order by inhrelid loop
    execute format('create index on %s (grant_id)', heir);
  end loop;
end $$;
-- +goose StatementEnd
