-- +goose Up

-- Append-only holds against truncate too, which row triggers do not see.
-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['review_decision', 'review_item', 'review_definition',
                           'site', 'zone', 'conduit', 'identity', 'asset', 'entitlement', 'implication', 'access_grant'] loop
    execute format('create trigger never_emptied before truncate on %I for each statement execute function refuse_change(%L)', t,
      case t when 'review_decision' then 'decisions_are_append_only' when 'review_item' then 'frozen_item_never_changes'
             when 'review_definition' then 'definition_is_append_only' else 'inventory_is_never_deleted' end);
  end loop;
  foreach t in array array['site', 'zone', 'conduit', 'identity', 'asset', 'entitlement', 'implication', 'access_grant'] loop
    execute format('create trigger never_emptied before truncate on %I_history for each statement execute function refuse_change(''history_is_append_only'')', t);
  end loop;
end $$;
-- +goose StatementEnd
