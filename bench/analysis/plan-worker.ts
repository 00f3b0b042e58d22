import { parentPort } from 'node:worker_threads';
import { runPlanTask } from './plan-releases.ts';

parentPort?.on('message', task => parentPort?.postMessage(runPlanTask(task)));
