/** One of the comparison's worker threads: takes a task, answers its tallies, until there are no more. */
import { parentPort } from 'node:worker_threads';
import { runTask, type Task } from './run-task.ts';

parentPort?.on('message', (task: Task) => parentPort?.postMessage(runTask(task)));
