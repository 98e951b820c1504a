-- Webhooks go with their DAG.
delete from millrace.webhook w where not exists (select from millrace.dag d where d.dag_id = w.dag_id);
alter table millrace.webhook
  add constraint webhook_dag_id_fkey foreign key (dag_id) references millrace.dag on delete cascade;
