import { environmentNameOf, flagNameOf, type ConfigOf, type Settings } from './config.ts';

/** Markdown table of all settings: generated into READMEs, so that it is never wrong. */
export function settingsTable(settings: Settings): string {
  const rows = Object.entries(settings).map(([name, setting]) => {
    const fallback = setting.fallback === undefined ? '**required**' : `\`${setting.fallback.shown}\``;
    const flag = setting.secret ? '–' : `\`${flagNameOf(name)}\``;
    return `| \`${environmentNameOf(name, setting)}\` | ${flag} | ${setting.type.replaceAll('|', '\\|')} | ${fallback} | ${setting.description} |`;
  });
  return ['| environment | flag | type | default | meaning |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

/** The values for a log line; secrets are `***`. */
export function shownConfig<S extends Settings>(settings: S, config: ConfigOf<S>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([name]) => config[name] !== undefined)
      .map(([name, setting]) => {
        const value = config[name];
        return [name, setting.secret ? '***' : value];
      }),
  );
}
