-- +goose Up

alter table exception_control add column reminded_for timestamptz;
comment on column exception_control.reminded_for is 'The next_due that its owner was reminded of, so that each is told once.';
create index exception_control_by_due on exception_control (next_due) where dropped_at is null;
create index exception_control_by_owner on exception_control (owner) where dropped_at is null;
