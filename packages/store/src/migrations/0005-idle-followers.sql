-- A DAG that is paused, or whose file is gone, collects no updates of the assets that it follows: unpaused, it waits for new ones.
create function millrace.keep_for_follower() returns trigger
  language plpgsql
as $$
begin
  if exists (select from millrace.dag d where d.dag_id = new.dag_id and d.active and not d.paused) then
    return new;
  end if;
  return null;
end
$$;

create trigger keep_for_follower before insert on millrace.asset_queue
  for each row execute function millrace.keep_for_follower();
