import type { Simulation } from '../simulation.ts';
import { virtualSleep } from '../virtual-time.ts';

/** A person or a pipeline asks for an operation, and asks again where nobody answered. @returns undefined where it was refused, or nobody answered */
export async function ask(
  simulation: Simulation,
  operation: string,
  event: object,
  who: string,
  tries: number,
): Promise<unknown> {
  const { stage, invoke } = simulation;
  for (let left = tries; left > 0; left -= 1) {
    stage.trace.tell(who, `asks ${operation} ${JSON.stringify(event)}`);
    try {
      const answer = await invoke(operation, event);
      stage.trace.tell(who, `is answered ${JSON.stringify(answer)}`);
      return answer;
    } catch (error) {
      const { name, message } = error as Error;
      stage.trace.tell(who, `is refused: ${name}: ${message}`);
      stage.coverage.count(`operation: ${operation} ${name}`);
      if (name === 'RefusedError') return undefined;
    }
    await virtualSleep(20_000);
  }
  return undefined;
}
