-- What people set, in the order that it was made; a description that nobody gave is not an empty one.
alter table millrace.connection
  add column number bigint generated always as identity,
  -- What lists are ordered by stands beside the seal: the host, without a login that it may carry, and the port.
  add column sort_host text collate "C",
  add column sort_port integer,
  -- False for connections that were sealed before: they say it when they are opened.
  add column placed boolean not null default false,
  alter column description drop not null,
  alter column description drop default;
alter table millrace.variable
  add column number bigint generated always as identity,
  alter column description drop not null,
  alter column description drop default;
alter table millrace.pool
  add column number bigint generated always as identity,
  alter column description drop not null,
  alter column description drop default;
