import { openAlbRuleKeeper } from '../../adapters/router/alb/rule-keeper.ts';

/** Makes and keeps listener rules: apart, so that no other bundle has it. */
export const openRules = openAlbRuleKeeper;
