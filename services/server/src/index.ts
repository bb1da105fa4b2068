export { runServer, type RunningServer } from './run-server.ts';
export { settings, type ServerConfig } from './settings.ts';
