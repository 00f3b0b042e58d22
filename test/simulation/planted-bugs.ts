import { CHANGE_BUGS } from './planted/changes.ts';
import { END_BUGS } from './planted/ends.ts';
import { JUDGEMENT_BUGS } from './planted/judgement.ts';
import { LEDGER_BUGS } from './planted/ledger.ts';
import { OPERATION_BUGS } from './planted/operations.ts';
import type { PlantedBug } from './planted/plant.ts';
import { ROAD_BUGS } from './planted/road.ts';

export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...LEDGER_BUGS,
  ...JUDGEMENT_BUGS,
  ...ROAD_BUGS,
  ...END_BUGS,
  ...OPERATION_BUGS,
  ...CHANGE_BUGS,
];
