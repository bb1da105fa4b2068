export { flag, int, list, listOf, oneOf, text, url, type Setting, type SettingBuilder } from './setting.ts';
export { ConfigError, readConfig, type ConfigOf, type Settings, type Sources } from './config.ts';
export { settingsTable, shownConfig } from './describe.ts';
