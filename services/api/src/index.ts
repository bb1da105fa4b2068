export { readApiKeys, type ApiKey } from './access/keys.ts';
export { hashSecret } from './access/secret-hash.ts';
export { startApi, type ApiOptions, type RunningApi } from './start-api.ts';
export { buildApi } from './build-api.ts';
export { apiDefaults, type ApiPorts } from './ports.ts';
