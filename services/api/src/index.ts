export { startApi, type ApiOptions, type RunningApi } from './start-api.ts';
