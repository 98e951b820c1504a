-- Who may log in, with which credentials, and what they may do. Secrets are kept as hashes only: argon2id of passwords, SHA-256 of tokens and sessions,
-- which are 256 random bits.
create table millrace.account (
  user_id integer generated always as identity primary key,
  username text collate "C" not null,
  email text collate "C" not null,
  first_name text not null,
  last_name text not null,
  origin text not null default 'local' check (origin in ('local', 'oidc', 'ldap')),
  -- PHC form; null = no password fits.
  password_hash text,
  active boolean not null default true,
  must_change_password boolean not null default false,
  login_count integer not null default 0,
  failed_login_count integer not null default 0,
  last_login_at timestamptz,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);

create unique index account_username on millrace.account (lower(username));
create unique index account_email on millrace.account (lower(email));

create table millrace.role (
  role_id integer generated always as identity primary key,
  name text collate "C" not null unique
);

create table millrace.role_permission (
  role_id integer not null references millrace.role (role_id) on delete cascade,
  resource text collate "C" not null,
  action text collate "C" not null,
  primary key (role_id, resource, action)
);

-- What built-in roles have ever been given, so that an upgrade adds what is new and does not bring back what an operator took away.
create table millrace.given_permission (
  role text collate "C" not null,
  resource text collate "C" not null,
  action text collate "C" not null,
  primary key (role, resource, action)
);

create table millrace.account_role (
  user_id integer not null references millrace.account (user_id) on delete cascade,
  role_id integer not null references millrace.role (role_id) on delete cascade,
  primary key (user_id, role_id)
);

create index account_role_by_role on millrace.account_role (role_id);

-- What a DAG's file says of who may use it. Roles by name: a file may name one that is made later.
create table millrace.dag_access (
  dag_id text collate "C" not null references millrace.dag (dag_id) on delete cascade,
  role text collate "C" not null,
  action text collate "C" not null,
  primary key (role, dag_id, action)
);

create index dag_access_by_dag on millrace.dag_access (dag_id);

create table millrace.api_token (
  token_id integer generated always as identity primary key,
  user_id integer not null references millrace.account (user_id) on delete cascade,
  name text not null,
  token_hash bytea not null unique,
  hint text not null,
  -- null = all that the user may.
  scopes text[],
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);

create index api_token_by_user on millrace.api_token (user_id, token_id);

create table millrace.login_session (
  session_hash bytea primary key,
  user_id integer not null references millrace.account (user_id) on delete cascade,
  csrf text not null,
  from_address text not null,
  user_agent text not null,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  idle interval not null,
  idle_until timestamptz not null,
  expires_at timestamptz not null
);

create index login_session_by_user on millrace.login_session (user_id);

-- Tries of passwords that were not right (yet). Several servers share the count.
create table millrace.login_throttle (
  kind text collate "C" not null check (kind in ('account', 'address')),
  name text collate "C" not null,
  tries integer not null,
  last_try_at timestamptz not null,
  blocked_until timestamptz not null,
  primary key (kind, name)
);

-- Logins that are on their way through an OpenID provider.
create table millrace.sign_in (
  browser_hash bytea primary key,
  state text not null,
  nonce text not null,
  code_verifier text not null,
  return_to text not null,
  expires_at timestamptz not null
);

insert into millrace.dag_access (dag_id, role, action)
select distinct d.dag_id, r.key, a.action
from millrace.dag d
join millrace.dag_version v on v.dag_id = d.dag_id and v.version = d.version
cross join json_each(v.graph::json -> 'dag' -> 'accessControl') r
cross join json_array_elements_text(r.value) a (action);
