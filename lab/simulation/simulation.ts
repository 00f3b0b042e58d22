import type { StateMachineHost } from '../asl/state-machine-host.ts';
import type { Handlers, Invoke } from './lambda.ts';
import type { Systems } from './ports.ts';
import type { Stage } from './stage.ts';

/** Everything that runs in one simulation. */
export interface Simulation {
  stage: Stage;
  systems: Systems;
  host: StateMachineHost;
  invoke: Invoke;
  handlers: Handlers;
}
