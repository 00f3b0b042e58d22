import { Worker } from 'node:worker_threads';
import { addTallies, runTask, type Tally, type Task } from './run-task.ts';

/** Releases of one piece of work: small enough that the workers end at about the same time. */
const CHUNK_WINDOWS = 20_000;

/** A task as pieces that can run anywhere: releases are numbered, and the number decides their windows. */
export function piecesOf(task: Task): Task[] {
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
  const results = new Map<string, Tally[]>();
  let done = 0;
  const add = (piece: Task, tallies: readonly Tally[]) => {
    const before = results.get(piece.key);
    // sums of whole numbers and, for the excess, of numbers whose order would show in the last place only: see `inOrder`
    results.set(
      piece.key,
      before === undefined ? [...tallies] : before.map((tally, j) => addTallies(tally, tallies[j] as Tally)),
    );
    done += 1;
    progress(done, pieces.length);
  };
  if (workers === 0) {
    for (const piece of pieces) add(piece, runTask(piece));
    return results;
  }
  const answers = new Array<readonly Tally[] | undefined>(pieces.length);
  let next = 0;
  let added = 0;
  /** Sums are made in the order of the pieces, so that a seed gives the same figures to the last place. */
  const inOrder = () => {
    for (let tallies = answers[added]; tallies !== undefined; tallies = answers[added]) {
      add(pieces[added] as Task, tallies);
      added += 1;
    }
  };
  const work = async () => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    try {
      for (let at = next++; at < pieces.length; at = next++) {
        answers[at] = await ask(worker, pieces[at] as Task);
        inOrder();
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return results;
}

function ask(worker: Worker, task: Task): Promise<readonly Tally[]> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      finish();
    };
    const onMessage = (tallies: readonly Tally[]) => settle(() => resolve(tallies));
    const onError = (error: unknown) => settle(() => reject(error));
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.postMessage(task);
  });
}
