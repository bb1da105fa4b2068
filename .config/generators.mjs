/** Programs that write checked-in files; each knows `--check`, which fails when its files are stale. Run after a build. */
export const generators = [
  'libs/wire/scripts/generate.mjs',
  'libs/postgres/scripts/embed-migrations.mjs',
  'libs/tasks/scripts/generate-registry.mjs',
  '.config/readme-settings.mjs',
];
