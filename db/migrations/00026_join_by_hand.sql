-- +goose Up

-- A person may say that two identities are one, where no rule finds it.
alter table identity_join
  drop constraint join_rule_is_known,
  add constraint join_rule_is_known check (rule in ('same_email', 'same_number', 'by_hand')),
  add constraint join_by_hand_is_by_a_person check (rule <> 'by_hand' or joined_by is not null);
create index identity_join_by_import on identity_join (import_id) where import_id is not null;
