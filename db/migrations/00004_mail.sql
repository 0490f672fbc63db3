-- +goose Up

create table mail_message (
  id         bigint generated always as identity primary key,
  recipient  text not null,
  subject    text not null,
  template   text not null,
  data       jsonb not null,
  state      text not null default 'waiting',
  attempts   integer not null default 0,
  last_error text,
  created_at timestamptz not null,
  sent_at    timestamptz,
  constraint mail_state_is_known check (state in ('waiting', 'sent', 'failed')),
  constraint mail_sent_has_a_time check ((state = 'sent') = (sent_at is not null))
);
comment on table mail_message is 'Mails to send and sent. The text is made from template and data when it is shown or sent, so that a single-use link is never stored.';
create index mail_message_by_state on mail_message (state, id desc);
