import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { runTask, type Task } from './run-task.ts';
import { addTallies, type Tally } from './tally.ts';

/** Releases of one piece of work: small enough that the workers end at about the same time. */
const CHUNK_WINDOWS = 20_000;

/** A task as pieces that can run anywhere: releases are numbered, and the number decides their windows. */
function piecesOf(task: Task): Task[] {
  const size = Math.max(1, Math.floor(CHUNK_WINDOWS / task.windows));
  const pieces: Task[] = [];
  for (let done = 0; done < task.releases; done += size) {
    pieces.push({ ...task, from: task.from + done, releases: Math.min(size, task.releases - done) });
  }
  return pieces;
}

/** What the tasks of each key counted, a tally per judge. */
export type Results = ReadonlyMap<string, readonly Tally[]>;

/** @param workers 0: in this thread  @param progress told how many of the pieces are done */
export async function runTasks(
  tasks: readonly Task[],
  workers: number,
  progress: (done: number, all: number) => void = () => undefined,
): Promise<Results> {
  const pieces = tasks.flatMap(piecesOf);
  const answers = await runPieces(
    pieces,
    { run: runTask, url: new URL(`./worker${extname(import.meta.url)}`, import.meta.url) },
    workers,
    progress,
  );
  const results = new Map<string, readonly Tally[]>();
  // in the order of the pieces, so that a seed gives the same figures to the last place
  for (const [at, { key }] of pieces.entries()) {
    const tallies = answers[at] as readonly Tally[];
    const before = results.get(key);
    results.set(key, before === undefined ? tallies : before.map((tally, j) => addTallies(tally, tallies[j] as Tally)));
  }
  return results;
}

/** What a piece of work is done by: here, and in a worker that answers each message with what `run` answers. */
export interface Work<Piece, Answer> {
  run(piece: Piece): Answer;
  url: URL;
}

/** Answers in the order of the pieces. @param workers 0: in this thread */
export async function runPieces<Piece, Answer>(
  pieces: readonly Piece[],
  { run, url }: Work<Piece, Answer>,
  workers: number,
  progress: (done: number, all: number) => void = () => undefined,
): Promise<Answer[]> {
  const answers = new Array<Answer>(pieces.length);
  let done = 0;
  const answered = (at: number, answer: Answer) => {
    answers[at] = answer;
    done += 1;
    progress(done, pieces.length);
  };
  if (workers === 0) {
    for (const [at, piece] of pieces.entries()) answered(at, run(piece));
    return answers;
  }
  let next = 0;
  const work = async () => {
    const worker = new Worker(url);
    try {
      for (let at = next++; at < pieces.length; at = next++) answered(at, await ask(worker, pieces[at] as Piece));
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return answers;
}

function ask<Piece, Answer>(worker: Worker, piece: Piece): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      finish();
    };
    const onMessage = (answer: Answer) => settle(() => resolve(answer));
    const onError = (error: unknown) => settle(() => reject(error));
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.postMessage(piece);
  });
}
