import type { ReactNode } from "react";
import { CircleAlert, CircleCheck, CircleX } from "lucide-react";
import { AppLink } from "../../components/app-link.tsx";
import { useV1 } from "../../server/v1-queries.ts";
import { texts } from "../../texts/index.ts";
import classes from "./home.module.css";
import type { HomeAnswer } from "./home-answer.ts";

const words = texts.home;

type Health = "good" | "warning" | "bad" | "plain";
type Target = "/jobs" | "/workers" | "/dags" | "/runs";

const ICONS = { good: CircleCheck, warning: CircleAlert, bad: CircleX, plain: undefined } as const;

/** Whether each part of the system is well, in a word each. */
export function HealthStrip({ now }: { readonly now: HomeAnswer }): ReactNode {
  const { schedulers, workers, importErrors, runs } = now;
  const health = useV1("get_health", {}, { staleTime: 15_000 });
  const isDatabaseHealthy = health.data?.metadatabase.status !== "unhealthy";
  return (
    <section aria-label={words.health} className={classes["strip"]}>
      {schedulers && <Part label={words.schedulers} to="/jobs" {...schedulersSaid(schedulers)} />}
      {workers && (
        <Part
          label={words.workers}
          to="/workers"
          health="plain"
          text={words.workersBusy(workers.busy, workers.running)}
        />
      )}
      <Part
        label={words.database}
        health={isDatabaseHealthy ? "good" : "bad"}
        text={isDatabaseHealthy ? words.databaseHealthy : words.databaseUnhealthy}
      />
      {importErrors !== undefined && (
        <Part
          label={words.dagProcessor}
          to="/dags"
          health={importErrors === 0 ? "good" : "warning"}
          text={importErrors === 0 ? words.dagProcessorHealthy : words.dagFilesBroken(importErrors)}
        />
      )}
      <Part label={words.dags} to="/dags" health="plain" text={words.dagsCount(now.dags, now.pausedDags)} />
      {runs && <Part label={words.runs} to="/runs" health="plain" text={words.runsNow(runs.running, runs.queued)} />}
    </section>
  );
}

function schedulersSaid({ alive, silent }: NonNullable<HomeAnswer["schedulers"]>): {
  readonly health: Health;
  readonly text: string;
} {
  if (alive === 0) return { health: "bad", text: words.noScheduler };
  if (silent === 0) return { health: "good", text: words.schedulersAlive(alive) };
  return { health: "warning", text: `${words.schedulersAlive(alive)}, ${words.schedulersSilent(silent)}` };
}

function Part({
  label,
  text,
  health,
  to,
}: {
  readonly label: string;
  readonly text: string;
  readonly health: Health;
  readonly to?: Target;
}): ReactNode {
  const Icon = ICONS[health];
  return (
    <div className={classes["part"]}>
      <span className={classes["label"]}>{label}</span>
      <span className={classes["said"]} data-health={health}>
        {Icon && <Icon size={15} aria-hidden />}
        {to === undefined ? text : <AppLink to={to}>{text}</AppLink>}
      </span>
    </div>
  );
}
