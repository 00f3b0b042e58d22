import { openSecrets as openSecretsManager } from '../../adapters/secrets/secrets-manager.ts';

/** Reads secrets: apart, so that no other bundle has its client. */
export const openSecrets = openSecretsManager;
