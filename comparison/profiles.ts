import { PROFILES, type Profile } from '../domain/statistics/sequential/profile.ts';
import { CANDIDATES } from './candidates.ts';

/** @throws RangeError the name is none of the product's profiles and none that was tried */
export function profileNamed(name: string): Profile {
  const all: Record<string, Profile> = { ...CANDIDATES, ...PROFILES };
  const profile = all[name];
  if (profile === undefined) {
    throw new RangeError(`no profile is called ${JSON.stringify(name)}; there are ${Object.keys(all).join(', ')}`);
  }
  return profile;
}
