import type { AnswerOf, getHome } from "@millrace/api";

/** What the start page shows of now. */
export type HomeAnswer = AnswerOf<typeof getHome>;
