import { CHANGE_BUGS } from './planted/changes.ts';
import { DOOR_BUGS } from './planted/doors.ts';
import { END_BUGS } from './planted/ends.ts';
import { JUDGEMENT_BUGS } from './planted/judgement.ts';
import { LEDGER_BUGS } from './planted/ledger.ts';
import type { PlantedBug } from './planted/plant.ts';
import { ROAD_BUGS } from './planted/road.ts';

export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...LEDGER_BUGS,
  ...JUDGEMENT_BUGS,
  ...ROAD_BUGS,
  ...END_BUGS,
  ...DOOR_BUGS,
  ...CHANGE_BUGS,
];
