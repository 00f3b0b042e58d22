import type { Window } from '../../domain/windows/windows.ts';

/** `12:00:00Z to 12:01:00Z` */
export const spanText = ({ startEpochMs, endEpochMs }: Window): string =>
  `${timeOf(startEpochMs)} to ${timeOf(endEpochMs)}`;

const timeOf = (epochMs: number) => `${new Date(epochMs).toISOString().slice(11, 19)}Z`;
